using System.IO.Compression;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Data.Tests.AvsBench;

namespace Avs.Data.Tests.Images;

public sealed class ImageSetTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("avs-images-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string At(params string[] parts)
    {
        var path = Path.Combine([root, .. parts]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private IImageDataset Open(string name, Split split = Split.Train, Func<ImageSetOptions, ImageSetOptions>? change = null)
    {
        var options = new ImageSetOptions { Root = root };
        return ImageSets.Open(name, split, change?.Invoke(options) ?? options);
    }

    private string Sentence(string name, Split split = Split.Train) => Assert.ThrowsAny<AvsException>(() => Open(name, split)).Message;

    // Image i of 2x3 holds 10 i + 0 .. 5; its label is i mod 10. Training 20 images, test 10.
    private void WriteIdx(bool packed = false)
    {
        foreach (var (part, count) in new[] { ("train", 20), ("t10k", 10) })
        {
            Write(At($"{part}-images-idx3-ubyte"), packed,
                [0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 2, 0, 0, 0, 3, .. Enumerable.Range(0, count)
                .SelectMany(i => Enumerable.Range(0, 6).Select(v => (byte)(10 * i + v)))]);
            Write(At($"{part}-labels-idx1-ubyte"), packed,
                [0, 0, 8, 1, 0, 0, 0, (byte)count, .. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]);
        }
    }

    private static void Write(string path, bool packed, byte[] bytes)
    {
        if (!packed)
        {
            File.WriteAllBytes(path, bytes);
            return;
        }

        using var gzip = new GZipStream(File.Create(path + ".gz"), CompressionLevel.Fastest);
        gzip.Write(bytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Idx_files_are_read_packed_or_not(bool packed)
    {
        WriteIdx(packed);
        var (train, test) = (Open("mnist"), Open("mnist", Split.Test));
        Assert.Equal((20, 2, 3, 1, 10), (train.Count, train.Height, train.Width, train.Channels, train.Classes.Count));
        Assert.Equal(10, test.Count);
        Assert.Equal([30, 31, 32, 33, 34, 35], train.Pixels(3));
        Assert.Equal((3, 7), (train.Label(3), train.Label(17)));
    }

    [Fact]
    public void Training_images_can_be_set_aside_for_validation_and_are_then_no_longer_trained_on()
    {
        WriteIdx();
        ImageSetOptions Aside(ImageSetOptions options) => options with { ValidationImages = 6 };
        var (train, val) = (Open("mnist", Split.Train, Aside), Open("mnist", Split.Val, Aside));
        Assert.Equal((14, 6), (train.Count, val.Count));
        var first = Enumerable.Range(0, 14).Select(i => train.Pixels(i)[0]).Concat(Enumerable.Range(0, 6).Select(i => val.Pixels(i)[0]));
        Assert.Equal(20, first.Distinct().Count());
        Assert.Equal(val.Pixels(2), Open("mnist", Split.Val, Aside).Pixels(2));
        Assert.Contains("has no val split of its own", Sentence("mnist", Split.Val));
    }

    [Fact]
    public void Damaged_idx_files_are_one_sentence()
    {
        WriteIdx();
        var images = At("train-images-idx3-ubyte");
        var whole = File.ReadAllBytes(images);
        void With(byte[] bytes, string sentence)
        {
            File.WriteAllBytes(images, bytes);
            Assert.Contains(sentence, Sentence("mnist"));
        }

        With(whole[..^1], "holds 119 values, its header promises 20 x 2 x 3");
        With(whole[..10], "is cut short: 10 bytes, its header alone has 16");
        With([.. "PNG"u8, .. whole], "expected an idx file");
        With([0, 0, 13, 3, .. whole[4..]], "holds values of type 13 in 3 dimensions");
        With([0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], "its header promises");
        With([], "is empty (0 bytes)");
        With([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, .. Enumerable.Repeat((byte)0xFF, 40)], "cannot be unpacked");
        File.Delete(images);
        Assert.Contains("holds no train-images-idx3-ubyte", Sentence("mnist"));
    }

    [Fact]
    public void Packed_files_that_are_cut_short_are_refused()
    {
        WriteIdx(packed: true);
        var path = At("t10k-images-idx3-ubyte.gz");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^12]);
        Assert.Matches("cut short|cannot be unpacked", Sentence("mnist", Split.Test));
    }

    // gzip FILE.a FILE.b > FILE.gz, and what tape or block devices do to a file's end.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 0)]
    [InlineData(2, 500)]
    [InlineData(1, 8)]
    public void Packed_files_of_several_members_and_with_zeros_at_the_end_are_read(int members, int zeros)
    {
        WriteIdx();
        var bytes = File.ReadAllBytes(At("t10k-images-idx3-ubyte"));
        using (var packed = File.Create(At("t10k-images-idx3-ubyte.gz")))
        {
            foreach (var part in bytes.Chunk((bytes.Length + members - 1) / members))
            {
                using var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
                gzip.Write(part);
            }

            packed.Write(new byte[zeros]);
        }

        File.Delete(At("t10k-images-idx3-ubyte"));
        Assert.Equal([30, 31, 32, 33, 34, 35], Open("mnist", Split.Test).Pixels(3));
    }

    // Also where zeros fill the rest up, as programs do that reserve a file's place before they fetch it.
    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    public void A_packed_file_is_refused_wherever_it_is_cut(int zeros)
    {
        WriteIdx(packed: true);
        var path = At("t10k-images-idx3-ubyte.gz");
        var whole = File.ReadAllBytes(path);
        for (var length = 11; length < whole.Length; length++)
        {
            if (zeros > 0 && whole.AsSpan(length).IndexOfAnyExcept((byte)0) < 0)
                continue; // only zeros are cut off, which come again
            File.WriteAllBytes(path, [.. whole[..length], .. new byte[zeros]]);
            Assert.Matches("cut short|cannot be unpacked", Sentence("mnist", Split.Test));
        }
    }

    [Fact]
    public void More_labels_than_images_and_unknown_labels_are_refused()
    {
        WriteIdx();
        File.WriteAllBytes(At("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);
        Assert.Contains("holds 2 labels for the 20 images", Sentence("mnist"));
        File.WriteAllBytes(At("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 20, .. new byte[19], 11]);
        Assert.Contains("holds the label 11, expected 0 to 9", Sentence("mnist"));
    }

    [Fact]
    public void Fashion_MNIST_names_its_classes()
    {
        WriteIdx();
        Assert.Equal("ankle boot", Open("fashion_mnist").Classes[9]);
    }

    [Fact]
    public void The_sheet_of_digits_is_cut_into_cells_five_rows_to_a_digit()
    {
        // The light of each cell is its row, plus its column in the first pixel.
        TinyBench.WriteGrey(At("digits.png"), 1000, 2000, (y, x) => y % 20 == 0 && x % 20 == 0 ? (byte)(x / 20) : (byte)(y / 20));
        var splits = Enum.GetValues<Split>().Select(split => Open("digits", split)).ToArray();
        Assert.Equal([4000, 500, 500], splits.Select(split => split.Count));
        var test = splits[2];
        Assert.Equal((20, 20, 1), (test.Height, test.Width, test.Channels));
        Assert.All(Enumerable.Range(0, test.Count), i => Assert.Equal(test.Pixels(i)[1] / 5, test.Label(i)));
        Assert.All(Enumerable.Range(0, 10), digit => Assert.Equal(50, Enumerable.Range(0, test.Count).Count(i => test.Label(i) == digit)));
        Assert.Equal(5000,
            splits.SelectMany(split => Enumerable.Range(0, split.Count).Select(i => (split.Pixels(i)[1], split.Pixels(i)[0]))).Distinct()
            .Count());
    }

    [Fact]
    public void Another_picture_than_the_sheet_of_digits_is_refused()
    {
        TinyBench.WriteGrey(At("digits.png"), 100, 200, (_, _) => 0);
        Assert.Contains("is 200x100, expected OpenCV's sheet of digits, 2000x1000", Sentence("digits"));
    }

    // NumPy's own header; the value of image i is i / 200, everywhere.
    private void WriteFaces(string shape = "(200, 25, 25)", int values = 200 * 625, double last = 0.5)
    {
        var header = $"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".PadRight(69) + "\n";
        var bytes = new byte[values * 8];
        for (var i = 0; i < values; i++)
            BitConverter.TryWriteBytes(bytes.AsSpan(8 * i), i == values - 1 ? last : i / 625 / 200.0);
        File.WriteAllBytes(At("lfw_subset.npy"), [0x93, .. "NUMPY"u8, 1, 0, 70, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. bytes]);
    }

    [Fact]
    public void The_faces_that_scikit_image_carries_are_read_and_divided()
    {
        WriteFaces();
        var splits = Enum.GetValues<Split>().Select(split => Open("lfw_subset", split)).ToArray();
        Assert.Equal([160, 20, 20], splits.Select(split => split.Count));
        Assert.Equal((25, 25, 1), (splits[0].Height, splits[0].Width, splits[0].Channels));
        Assert.Equal(["face", "no face"], splits[0].Classes);
        foreach (var split in splits)
            Assert.All(Enumerable.Range(0, split.Count), i => Assert.Equal(split.Pixels(i)[7] >= 127 ? 1 : 0, split.Label(i)));
        Assert.Equal(200, splits.SelectMany(split => Enumerable.Range(0, split.Count).Select(i => split.Pixels(i)[7])).Distinct().Count());
    }

    [Fact]
    public void Wrong_files_of_faces_are_one_sentence()
    {
        WriteFaces(values: 100);
        Assert.Contains("holds 800 bytes of values, its header promises 1000000", Sentence("lfw_subset"));
        WriteFaces("(100, 25, 25)");
        Assert.Contains("expected 'descr': '<f8', 'shape': (200, 25, 25)", Sentence("lfw_subset"));
        WriteFaces(last: 1.5);
        Assert.Contains("holds the value 1.5, expected 0 to 1", Sentence("lfw_subset"));
        File.WriteAllText(At("lfw_subset.npy"), "faces");
        Assert.Contains("expected a NumPy array", Sentence("lfw_subset"));
    }

    private void Pictures(int count, string place = "")
    {
        for (var i = 0; i < count; i++)
            TinyBench.WriteRgb(At(place, $"{i:000}.png"), 6, 8, (_, x) => x is 0 or 7
                ? ((byte)255, (byte)255, (byte)255)
                : ((byte)i, (byte)1, (byte)2));
    }

    [Fact]
    public void A_folder_of_pictures_is_divided_by_the_seed_and_every_picture_is_in_one_split()
    {
        Pictures(20);
        var splits = Enum.GetValues<Split>().Select(split => Open("folder", split)).ToArray();
        Assert.Equal([16, 2, 2], splits.Select(split => split.Count));
        Assert.Equal((6, 8, 3), (splits[0].Height, splits[0].Width, splits[0].Channels));
        Assert.Equal(20, splits.SelectMany(split => Enumerable.Range(0, split.Count).Select(i => split.Pixels(i)[3])).Distinct().Count());
        Assert.Equal(-1, splits[0].Label(0));
        var other = Open("folder", Split.Test, options => options with { Seed = 9 });
        Assert.NotEqual(Firsts(splits[2]), Firsts(other));

        static IEnumerable<byte> Firsts(IImageDataset set) => Enumerable.Range(0, set.Count).Select(i => set.Pixels(i)[3]).ToArray();
    }

    [Fact]
    public void Pictures_of_a_folder_can_be_brought_to_one_square()
    {
        Pictures(10);
        var set = Open("folder", Split.Train, options => options with { Side = 3 });
        // The middle 6x6 leaves out the white columns.
        Assert.Equal(27, set.Pixels(0).Length);
        Assert.DoesNotContain((byte)255, set.Pixels(0));
    }

    [Fact]
    public void Pictures_of_different_sizes_need_a_side()
    {
        Pictures(10);
        TinyBench.WriteGrey(At("999.png"), 4, 4, (_, _) => 0);
        var all = Enum.GetValues<Split>().Select(split => Open("folder", split)).ToArray();
        var error = Assert.Throws<DataException>(() => all.SelectMany(set => Enumerable.Range(0, set.Count).Select(set.Pixels))
            .Count(pixels => pixels.Length > 0));
        Assert.Contains("999.png is 4x4, expected 8x6 as the first picture", error.Message);
    }

    [Fact]
    public void Subfolders_are_classes()
    {
        Pictures(10, "cats");
        Pictures(10, "dogs");
        var set = Open("folder");
        Assert.Equal(["cats", "dogs"], set.Classes);
        Assert.Equal([8, 8], Enumerable.Range(0, set.Count).Select(set.Label).CountBy(label => label).Select(count => count.Value));
    }

    [Fact]
    public void Attributes_and_official_splits_are_read_in_the_form_of_CelebA()
    {
        Pictures(4, "img_align_celeba");
        File.WriteAllText(At("list_attr_celeba.csv"), "image_id,Smiling,Young\n000.png,1,-1\n001.png,-1,1\n002.png,1,1\n003.png,-1,-1\n");
        File.WriteAllText(At("list_eval_partition.csv"), "image_id,partition\n000.png,0\n001.png,0\n002.png,1\n003.png,2\n");
        var (train, val, test) = (Open("folder"), Open("folder", Split.Val), Open("folder", Split.Test));
        Assert.Equal((2, 1, 1), (train.Count, val.Count, test.Count));
        Assert.Equal(["Smiling", "Young"], train.Attributes);
        Assert.Equal([false, true], train.AttributesOf(1));
        Assert.Equal([true, true], val.AttributesOf(0));
        Assert.Empty(train.Classes);
    }

    [Fact]
    public void The_other_tables_that_CelebA_comes_with_do_not_matter()
    {
        Pictures(10);
        File.WriteAllText(At("list_attr_celeba.csv"),
            "image_id,Smiling\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"{i:000}.png,1\n")));
        File.WriteAllText(At("list_bbox_celeba.csv"), "image_id,x_1,y_1,width,height\n000.png,95,71,226,313\n");
        Assert.Equal(["Smiling"], Open("folder").Attributes);
        File.Move(At("list_attr_celeba.csv"), At("mine.csv"));
        Assert.Equal(["Smiling"], Open("folder").Attributes);
        File.Copy(At("mine.csv"), At("other.csv"));
        Assert.Contains("holds 2 lists, mine.csv and other.csv", Sentence("folder"));
    }

    // The files of CelebA's own archive (Anno, Eval and Img), as they are: trailing spaces, two spaces before a positive number.
    private void WriteCelebaText(string anno, string eval)
    {
        File.WriteAllText(At(anno, "list_attr_celeba.txt"),
            "4\n5_o_Clock_Shadow Male Smiling \n000.png  1 -1 -1\n001.png -1  1 -1\n002.png  1  1 -1\n003.png -1 -1  1\n");
        File.WriteAllText(At(eval, "list_eval_partition.txt"), "000.png 0\n001.png 0\n002.png 1\n003.png 2\n");
        File.WriteAllText(At(anno, "identity_CelebA.txt"), "000.png 2880\n001.png 2937\n");
        File.WriteAllText(At(anno, "list_bbox_celeba.txt"), "1\nimage_id x_1 y_1 width height\n000.png    95  71 226 313\n");
        File.WriteAllText(At(anno, "list_landmarks_align_celeba.txt"), "1\nlefteye_x lefteye_y\n000.png  1  1\n");
        File.WriteAllText(At(anno, "README.txt"), "CelebA\n");
    }

    [Theory]
    [InlineData("img_align_celeba", "", "")]
    [InlineData("Img/img_align_celeba", "Anno", "Eval")]
    public void CelebA_s_own_text_files_give_attributes_and_official_splits(string pictures, string anno, string eval)
    {
        Pictures(4, pictures);
        WriteCelebaText(anno, eval);
        var (train, val, test) = (Open("folder"), Open("folder", Split.Val), Open("folder", Split.Test));
        Assert.Equal((2, 1, 1), (train.Count, val.Count, test.Count));
        Assert.Equal(["5_o_Clock_Shadow", "Male", "Smiling"], train.Attributes);
        Assert.Equal([false, true, false], train.AttributesOf(1));
        Assert.Equal([false, false, true], test.AttributesOf(0));
        Assert.Empty(train.Classes);
    }

    [Fact]
    public void A_text_list_of_any_name_in_CelebA_s_form_gives_attributes()
    {
        Pictures(2);
        File.WriteAllText(At("lfwa.txt"), "2\r\nMale Young\r\n000.png 1 0\r\n001.png 0 1\r\n");
        File.WriteAllText(At("notes.txt"), "3\nthings to do\nthis and that\n");
        Assert.Equal([true, false], Open("folder").AttributesOf(0));
    }

    [Fact]
    public void A_text_list_that_lacks_pictures_is_reported()
    {
        Pictures(4, "img_align_celeba");
        WriteCelebaText("", "");
        File.WriteAllText(At("list_attr_celeba.txt"), "4\nMale\n000.png 1\n");
        Assert.Contains("list_attr_celeba.txt line 1: it says 4 pictures, but 1 follow", Sentence("folder"));
    }

    [Fact]
    public void A_picture_without_a_partition_is_told_and_not_left_out()
    {
        Pictures(2);
        File.WriteAllText(At("list_eval_partition.txt"), "000.png 0\n");
        Assert.Contains("list_eval_partition.txt gives no partition of 001.png", Sentence("folder"));
    }

    [Theory]
    [InlineData("image_id,Smiling\n000.png,maybe\n", "line 2: Smiling is 'maybe', expected 1 or -1")]
    [InlineData("image_id,Smiling\nnone.png,1\n", "line 2: ")]
    [InlineData("image_id,Smiling\n../x.png,1\n", "line 2: image_id is '../x.png'")]
    [InlineData("image_id,Smiling\n000.png\n", "line 2: 1 values, expected 2")]
    [InlineData("file,Smiling\n000.png,1\n", "line 1: found file,Smiling, expected image_id and attributes")]
    public void A_wrong_table_of_attributes_is_named_with_its_line(string table, string sentence)
    {
        Pictures(1);
        File.WriteAllText(At("attributes.csv"), table);
        Assert.Contains(sentence, Sentence("folder"));
    }

    [Fact]
    public void An_unknown_set_is_told_the_known_ones() =>
        Assert.Equal("there is no image set 'cifar', expected one of fashion_mnist, mnist, digits, lfw_subset, stamps, folder", Sentence("cifar"));

    [Fact]
    public void Sets_that_are_not_fetched_ask_for_their_folder()
    {
        Assert.Contains("name it with --root DIR",
            Assert.Throws<UsageException>(() => ImageSets.Open("mnist", Split.Train, new ImageSetOptions())).Message);
        Assert.Contains("--root DIR",
            Assert.Throws<UsageException>(() => ImageSets.Open("folder", Split.Train, new ImageSetOptions())).Message);
        Assert.Contains("holds no PNG or JPEG picture", Sentence("folder"));
    }
}
