using System.Text;
using Avs.Core.Formats;

namespace Avs.Core.Tests.Formats;

public sealed class FileKindTests
{
    [Theory]
    [InlineData("\u0089PNG\r\n\u001a\n", "a PNG picture")]
    [InlineData("\0\0\0 ftypisom", "a video or sound (MP4 or MOV)")]
    [InlineData("\u001aE\u00df\u00a3", "a video (Matroska or WebM)")]
    [InlineData("RIFF\u0001\u0002\u0003\u0004WAVE", "a WAV sound")]
    [InlineData("\u001f\u008b\u0008", "compressed with gzip (unpack it first: gunzip)")]
    [InlineData("PK\u0003\u0004word/document.xml", "a zip archive")]
    [InlineData("\u0080\u0002}q\0.", "a file of PyTorch or of Python's pickle")]
    [InlineData("\u0010\0\0\0\0\0\0\0{\"a\":", "a safetensors file")]
    [InlineData("\n<!DOCTYPE html><html>", "an HTML page, as a browser saves it in place of the file (download the file itself)")]
    [InlineData("<!-- saved from url=(0014)about:internet -->\n<html>",
        "an HTML page, as a browser saves it in place of the file (download the file itself)")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
        "a Git LFS pointer, which stands for a file that was not fetched (git lfs pull fetches it)")]
    [InlineData("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        "an XML text, as a server sends it in place of a file (download the file again)")]
    [InlineData("train:\n  steps: 3\n", "a text (YAML?) that begins with 'train:'")]
    [InlineData("\u00ef\u00bb\u00bfseed: 1\n", "a text (YAML?) that begins with 'seed: 1'")]
    [InlineData("once upon a time", "a text that begins with 'once upon a time'")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0", "nothing but zeros, as a download that was cut off leaves it")]
    [InlineData("\u0001\u0002\u0003", "a file that begins with the bytes 010203")]
    [InlineData("", "empty (0 bytes)")]
    public void A_file_is_told_by_its_first_bytes(string start, string kind) =>
        Assert.Equal(kind, FileKind.Describe(Encoding.Latin1.GetBytes(start)));
}
