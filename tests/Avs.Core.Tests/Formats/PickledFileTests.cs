using System.Text;
using Avs.Core.Formats.Pickle;
using static Avs.Core.Tests.Formats.Handmade;

namespace Avs.Core.Tests.Formats;

public sealed class PickledFileTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_view_of_a_storage_is_read_from_both_containers()
    {
        var pickle = Tensor(6, 1, "K\u0002K\u0002\u0086", "K\u0003K\u0001\u0086");
        var elements = Floats(0, 1, 2, 3, 4, 5);
        (byte[], PickleContainer)[] both =
            [(Zip(pickle, ("archive/data/0", elements)), PickleContainer.Zip), (Legacy(pickle, 6, elements), PickleContainer.Legacy)];
        foreach (var (bytes, container) in both)
        {
            File.WriteAllBytes(path, bytes);
            using var file = PickledFile.Open(path);
            Assert.Equal(container, file.Container);
            var only = Assert.Single(file.Tensors);
            Assert.Equal("", only.Name);
            Assert.Equal([1f, 2, 4, 5], only.Tensor.Read().ToFloats());
        }
    }

    [Fact]
    public void A_legacy_part_of_a_storage_is_a_storage_of_its_own()
    {
        var part = "ctorch._utils\n_rebuild_tensor\n((" + Text("storage") + "ctorch\nFloatStorage\n" + Text("0") + Text("cpu") + Int(4)
            + "(" + Text("view") + "K\u0001K\u0002ttQK\0K\u0002\u0085K\u0001\u0085tR";
        File.WriteAllBytes(path, Legacy(part, 4, Floats(0, 1, 2, 3)));
        Assert.Equal([1f, 2], PickleArrays.ReadSingle(path).ToFloats());
    }

    [Fact]
    public void Python_2_dictionaries_and_texts_are_read()
    {
        // OrderedDict([['a', 1], ['b', 'x']]) as Python 2 pickles it.
        File.WriteAllBytes(path, Bytes("\u0080\u0002ccollections\nOrderedDict\n](](U\u0001aK\u0001e](U\u0001bU\u0001xee\u0085R."));
        using var file = PickledFile.Open(path);
        Assert.Equal([new("a", 1L), new("b", "x")], file.Values);
    }

    [Fact]
    public void A_dictionarys_later_value_replaces_the_earlier_one_in_its_place()
    {
        File.WriteAllBytes(path, Bytes("\u0080\u0002}(", Text("a"), "K\u0001", Text("b"), "K\u0002", Text("a"), "K\u0003u."));
        using var file = PickledFile.Open(path);
        Assert.Equal([new("a", 3L), new("b", 2L)], file.Values);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "load")]
    [InlineData("torch.storage", "_load_from_bytes\u0001")]
    [InlineData("collections", "Counter")]
    [InlineData("numpy", "load")]
    public void A_call_of_something_foreign_is_skipped_by_name(string module, string name)
    {
        File.WriteAllBytes(path, Bytes($"\u0080\u0002c{module}\n{name}\n(", Text("echo"), "tR."));
        AssertSkipped(new SkippedObject("", $"{module}.{name}", 0));
    }

    [Theory]
    [InlineData("\u0093.", "posix.system", 0)] // the class itself
    [InlineData("\u0093)\u0081.", "posix.system", 0)] // NEWOBJ
    [InlineData("\u0093)}\u0092.", "posix.system", 0)] // NEWOBJ_EX
    [InlineData("\u0093)R}b.", "posix.system", 0)] // with state
    public void A_foreign_name_of_the_stack_is_skipped(string rest, string what, int tensors)
    {
        File.WriteAllBytes(path, Bytes("\u0080\u0004", Text("posix"), Text("system"), rest));
        AssertSkipped(new SkippedObject("", what, tensors));
    }

    [Theory]
    [InlineData("(cargparse\nNamespace\no.", "argparse.Namespace")] // OBJ
    [InlineData("(iargparse\nNamespace\n.", "argparse.Namespace")] // INST
    [InlineData("\u0082\u0007.", "extension 7")] // EXT1
    [InlineData("\u008f(K\u0001\u0090.", "builtins.set")]
    [InlineData("(K\u0001\u0091.", "builtins.frozenset")]
    [InlineData("cbuiltins\ngetattr\nc__main__\nColour\n" + "X\u0003\0\0\0RED\u0086R.", "__main__.Colour")] // a member of an enumeration
    public void Every_way_to_make_an_object_is_skipped(string pickle, string what)
    {
        File.WriteAllBytes(path, Bytes("\u0080\u0004", pickle));
        AssertSkipped(new SkippedObject("", what, 0));
    }

    [Theory]
    [InlineData("bystanders.zip.pth")]
    [InlineData("bystanders.legacy.pth")]
    [InlineData("bystanders.protocol5.pth")]
    public void Whatever_lies_beside_a_state_dict_its_tensors_are_read(string name)
    {
        using var file = PickledFile.Open(Path.Combine(AppContext.BaseDirectory, "Formats", "Checkpoints", name));
        var tensors = file.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Tensor);
        Assert.Equal([0f, 1, 2, 3], tensors["state_dict/a"].Read().ToFloats());
        Assert.Equal([1.5f], tensors["state_dict/b"].Read().ToFloats());
        // Classes derived from a dictionary or a list, parameters and tensors with attributes are what they are derived of.
        foreach (var one in (string[])["sd/w", "mydict/w", "mylist/0", "ddl/w", "dequet/0", "param", "paramattr", "tattr", "tsub", "bf"])
            Assert.All(tensors[one].Read().ToFloats(), value => Assert.Equal(1, value));
        Assert.Equal([0L, 3], tensors["emptynp"].Shape);

        var skipped = file.Skipped.ToDictionary(item => item.Name);
        (string Name, string What)[] expected =
        [
            ("ns", "argparse.Namespace"), ("set", "builtins.set"), ("path", "pathlib.PosixPath"), ("nprng/1", "a numpy array of u4"),
            ("dc", "__main__.D"),
            ("enum", "__main__.Colour"), ("dt", "datetime.datetime"), ("partial", "functools.partial"), ("fn", "__main__.fn"),
            ("dev", "torch.device"),
            ("dtype", "torch.float32"), ("evil", "posix.system"), ("nt", "__main__.NT"), ("be", "a numpy array of f4 (not little-endian)"),
            ("ctens", "torch.ComplexFloatStorage"), ("sparse", "torch._utils._rebuild_sparse_tensor"), ("uuid", "uuid.UUID"),
        ];
        foreach (var (at, what) in expected)
            Assert.Equal(what, skipped[at].What);
        Assert.Equal(1, skipped["dct"].Tensors);
        Assert.Equal(1, skipped["cyc2"].Tensors); // it holds itself and one tensor
        Assert.False(File.Exists("EXECUTED"));
        Assert.DoesNotContain(skipped.Keys, key => key.StartsWith("state_dict", StringComparison.Ordinal));
    }

    [Fact]
    public void Keys_that_are_neither_text_nor_number_keep_their_values_apart()
    {
        using var file = PickledFile.Open(Path.Combine(AppContext.BaseDirectory, "Formats", "Checkpoints", "bystanders.zip.pth"));
        Assert.Equal(["(1, 2)", "<__main__.Colour 1>", "k"],
            file.Tensors.Where(tensor => tensor.Name.StartsWith("tuplekeys/", StringComparison.Ordinal))
                .Select(tensor => tensor.Name["tuplekeys/".Length..]));
    }

    [Fact]
    public void A_file_of_nothing_but_objects_is_no_array_and_says_what_it_holds()
    {
        File.WriteAllBytes(path, Bytes("\u0080\u0004", Text("pandas"), Text("DataFrame"), "\u0093)\u0081."));
        Assert.Equal($"{path} holds 0 tensors, expected one; it holds pandas.DataFrame, which is not read",
            Assert.Throws<DataException>(() => PickleArrays.ReadSingle(path)).Message);
    }

    [Theory]
    [InlineData("\u0097")] // NEXT_BUFFER
    [InlineData("I1\n")] // INT
    public void An_instruction_that_tensors_do_not_need_is_refused(string code)
    {
        File.WriteAllBytes(path, Bytes("\u0080\u0002", code, "."));
        AssertRefused($"uses the instruction 0x{(int)code[0]:X2}");
    }

    [Theory]
    [InlineData("\u0080\u0002N", "ends in the middle")]
    [InlineData("\u0080\u0002.", "takes a value where there is none")]
    [InlineData("\u0080\u0002(.", "takes a value where there is none")]
    [InlineData("\u0080\u0002N(0.", "takes a value where there is none")]
    [InlineData("\u0080\u0002t.", "goes back to a mark where there is none")]
    [InlineData("\u0080\u0002h\u0007.", "refers to a value 7 that it has not made")]
    [InlineData("\u0080\u0002NNR.", "calls something that is not a function")]
    [InlineData("\u0080\u0002NNa.", "appends to something that is not a list")]
    [InlineData("\u0080\u0002NNNs.", "sets an item of something that is not a dictionary")]
    [InlineData("\u0080\u0002}](NNu.", "sets an item of something that is not a dictionary")]
    [InlineData("\u0080\u0002}]Ns.", "a dictionary key that nothing can be found by")]
    [InlineData("\u0080\u0002cos\nsystem\nN\u0081.", "arguments that are not a tuple")]
    [InlineData("\u0080\u0002(o.", "makes an object without a class")]
    [InlineData("\u0080\u0002N(\u0090.", "adds to something that is not a set")]
    [InlineData("\u0080\u0002NNb.", "sets the state of something that has none")]
    [InlineData("\u0080\u0002K\u0001Q.", "names a storage where none can be")]
    [InlineData("\u0080\u0002K\u0001K\u0002\u0093.", "names a global by something that is not a text")]
    [InlineData("\u0080\u0006N.", "has protocol 6, expected 2 to 5")]
    [InlineData("\u0080\u0002X\u00ff\u00ff\u00ff\u00ffa.", "a text of 4294967295 bytes follows, but 2 bytes are left")]
    [InlineData("\u0080\u0002\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007fa.", "a text of 9223372036854775807 bytes follows")]
    [InlineData("\u0080\u0002\u008b\u00ff\u00ff\u00ff\u00ffa.", "a number of -1 bytes follows")]
    [InlineData("\u0080\u0002", "ends in the middle")]
    public void A_damaged_pickle_is_told_in_one_sentence(string pickle, string expected)
    {
        File.WriteAllBytes(path, Bytes(pickle));
        AssertRefused(expected);
    }

    [Fact]
    public void A_list_that_holds_itself_is_refused()
    {
        File.WriteAllBytes(path, Bytes("\u0080\u0002]q\0h\0a."));
        AssertRefused("or hold themselves");
    }

    [Fact]
    public void Lists_that_stand_for_more_than_memory_holds_are_refused()
    {
        // Forty lists, each of which holds the one before it twice: 2^40 values.
        var pickle = new StringBuilder("\u0080\u0002]q\0");
        for (var i = 1; i <= 40; i++)
            pickle.Append($"](h{(char)(i - 1)}h{(char)(i - 1)}eq{(char)i}");
        File.WriteAllBytes(path, Bytes(pickle.Append('.').ToString()));
        AssertRefused("more than 1000000 values");
    }

    [Theory]
    [InlineData(6, 1, "K\u0006\u0085", "K\u0001\u0085", "needs 7 elements, but its storage has 6")]
    [InlineData(6, 0, "K\u0003K\u0003\u0086", "K\u0003K\u0001\u0086", "needs 9 elements, but its storage has 6")]
    [InlineData(6, 0, "K\u0002\u0085", "K\u0001K\u0001\u0086", "has 1 sizes but 2 strides")]
    [InlineData(6, 0, "J\u00ff\u00ff\u00ff\u00ff\u0085", "K\u0001\u0085", "has a negative offset, size or stride")]
    [InlineData(6, 0, "J\u00ff\u00ff\u00ff\u007fJ\u00ff\u00ff\u00ff\u007fJ\u00ff\u00ff\u00ff\u007f\u0087", "K\0K\0K\0\u0087",
        "more elements than can be counted")]
    [InlineData(6, 0, "J\u00ff\u00ff\u00ff\u007f\u0085", "K\0\u0085", "more than is believable")]
    [InlineData(6, 0, "N\u0085", "K\u0001\u0085", "a size or a stride that is not a number")]
    public void A_tensor_that_its_storage_cannot_hold_is_refused(int elements, int offset, string sizes, string strides, string expected)
    {
        var pickle = Tensor(elements, offset, sizes, strides);
        File.WriteAllBytes(path, Zip(pickle, ("archive/data/0", new byte[4 * elements])));
        AssertRefused(expected);
        File.WriteAllBytes(path, Legacy(pickle, elements, new byte[4 * elements]));
        AssertRefused(expected);
    }

    [Fact]
    public void A_tensor_without_elements_may_have_any_strides()
    {
        File.WriteAllBytes(path, Zip(Tensor(0, 9, "K\0K\u0003\u0086", "K\u0003K\u0001\u0086"), ("archive/data/0", [])));
        Assert.Equal([0L, 3], PickleArrays.ReadSingle(path).Shape);
    }

    [Fact]
    public void A_zip_without_a_pickle_is_refused()
    {
        var bytes = Zip("N");
        Replace(bytes, "data.pkl", "data.bin");
        File.WriteAllBytes(path, bytes);
        AssertRefused("holds 0 entries 'NAME/data.pkl'");
    }

    [Fact]
    public void A_zip_without_a_storage_is_refused()
    {
        File.WriteAllBytes(path, Zip(Tensor(2, 0, One(2), One(1))));
        AssertRefused("has no entry 'archive/data/0'");
    }

    [Fact]
    public void A_zip_with_a_short_storage_is_refused()
    {
        File.WriteAllBytes(path, Zip(Tensor(2, 0, One(2), One(1)), ("archive/data/0", new byte[7])));
        AssertRefused("'archive/data/0' has 7 bytes, expected 2 elements of F32");
    }

    [Fact]
    public void A_big_endian_zip_is_refused()
    {
        File.WriteAllBytes(path, Zip("N", ("archive/byteorder", Bytes("big"))));
        AssertRefused("byte order 'big'");
    }

    [Fact]
    public void A_changed_byte_of_a_storage_is_found_by_its_checksum()
    {
        var bytes = Zip(Tensor(2, 0, One(2), One(1)), ("archive/data/0", Floats(1.5f, 2.5f)));
        bytes[bytes.AsSpan().IndexOf(Floats(2.5f))] ^= 1;
        File.WriteAllBytes(path, bytes);
        var message = Assert.Throws<DataException>(() => PickleArrays.ReadSingle(path)).Message;
        Assert.Contains("'archive/data/0' is damaged: its checksum is", message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(300)]
    public void A_zip_that_is_cut_short_is_refused(int missing)
    {
        var bytes = Zip(Tensor(100, 0, One(100), One(1)), ("archive/data/0", new byte[400]));
        File.WriteAllBytes(path, bytes[..^missing]);
        AssertRefused("is a damaged zip file, or one that is cut short");
    }

    [Fact]
    public void Every_shorter_part_of_a_legacy_file_is_refused()
    {
        var bytes = Legacy(Tensor(2, 0, One(2), One(1)), 2, Floats(1, 2));
        // Up to the end of the first pickle a part is a pickle of its own, of one number.
        for (var length = 16; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            AssertRefused("");
        }
    }

    [Fact]
    public void A_legacy_storage_of_another_length_is_refused()
    {
        File.WriteAllBytes(path, Legacy(Tensor(2, 0, One(2), One(1)), 3, Floats(1, 2, 3)));
        AssertRefused("the storage '0' has 3 elements where its tensors say 2");
    }

    [Fact]
    public void A_legacy_storage_of_a_huge_length_is_refused_without_memory_for_it()
    {
        File.WriteAllBytes(path, Legacy(Tensor(int.MaxValue, 0, One(int.MaxValue), One(1)), int.MaxValue, Floats(1)));
        AssertRefused("");
    }

    [Fact]
    public void A_legacy_tensor_without_its_storage_is_refused()
    {
        File.WriteAllBytes(path, Legacy(Tensor(1, 0, One(1), One(1), key: "other"), 1, Floats(1)));
        AssertRefused("lists a storage '0' that no tensor names");
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{\"a\": 1}", "it is a text (JSON?) that begins with '{\"a\": 1}'")]
    public void Another_file_is_told_by_its_first_bytes(string content, string expected)
    {
        File.WriteAllText(path, content);
        AssertRefused(expected);
    }

    [Fact]
    public void A_missing_file_is_reported() =>
        Assert.Contains("does not exist", Assert.Throws<DataException>(() => PickledFile.Open(path + ".absent")).Message);

    [Fact]
    public void A_folder_is_refused_as_one() =>
        Assert.Contains("is a folder", Assert.Throws<DataException>(() => PickledFile.Open(Path.GetTempPath())).Message);

    private void AssertRefused(string expected)
    {
        var message = Assert.Throws<DataException>(() => PickledFile.Open(path)).Message;
        Assert.StartsWith(path, message);
        Assert.Contains(expected, message);
        Assert.DoesNotContain('\n', message);
    }

    private void AssertSkipped(SkippedObject expected)
    {
        using var file = PickledFile.Open(path);
        Assert.Equal(expected, Assert.Single(file.Skipped));
        Assert.Empty(file.Tensors);
    }

    private static void Replace(byte[] bytes, string from, string to)
    {
        for (var at = bytes.AsSpan().IndexOf(Bytes(from)); at >= 0; at = bytes.AsSpan().IndexOf(Bytes(from)))
            Bytes(to).CopyTo(bytes, at);
    }
}
