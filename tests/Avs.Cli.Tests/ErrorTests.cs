namespace Avs.Cli.Tests;

public sealed class ErrorTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-cli-");

    public void Dispose() => folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    [Theory]
    [InlineData("trian", "there is no verb 'trian' (did you mean 'train'?); see 'avs --help'")]
    [InlineData("data chekc", "there is no verb 'chekc' (did you mean 'check'?); see 'avs data --help'")]
    [InlineData("data", "a verb is missing, expected one of compose, prepare, check, cache, export, images; see 'avs data --help'")]
    [InlineData("models --jsno", "'--jsno' means nothing here (did you mean '--json'?); see 'avs models --help'")]
    [InlineData("train", "give either an experiment or --resume with the folder of a run; see 'avs train --help'")]
    [InlineData("train x.yaml --resume runs/x/y", "give either an experiment or --resume with the folder of a run; see 'avs train --help'")]
    [InlineData("train --resume runs/x/y --set seed=1",
        "--resume goes on with the run's own experiment, so it takes no --set, --data or --run; see 'avs train --help'")]
    [InlineData("train x.yaml --max-time 20",
        "--max-time: found '20', expected a time such as 90s, 20m, 2h or 1h30m, above 0 and at most 1000h; see 'avs train --help'")]
    [InlineData("train x.yaml --run a --fast-dev-run",
        "--fast-dev-run keeps no run, so it takes no --resume or --run; see 'avs train --help'")]
    [InlineData("data prepare clips.csv", "VIDEOS is missing; see 'avs data prepare --help'")]
    [InlineData("data prepare a b c --seconds 0",
        "--seconds: found '0', expected a whole number of at least 1; see 'avs data prepare --help'")]
    [InlineData("data prepare a b c --max-failures -1",
        "--max-failures: found '-1', expected a whole number of at least 0; see 'avs data prepare --help'")]
    [InlineData("bench model ecmvae_small --tf32", "--tf32 is how CUDA devices multiply, so it needs --device cuda")]
    [InlineData("bench ops --threads 0", "--threads: found '0', expected a whole number of at least 1; see 'avs bench ops --help'")]
    [InlineData("bench ops --rounds -1", "--rounds: found '-1', expected a whole number of at least 1; see 'avs bench ops --help'")]
    [InlineData("bench data --clips 0", "--clips: found '0', expected a whole number of at least 1; see 'avs bench data --help'")]
    [InlineData("bench data --rounds 0", "--rounds: found '0', expected a whole number of at least 1; see 'avs bench data --help'")]
    [InlineData("bench data --steps -1", "--steps: found '-1', expected a whole number of at least 0; see 'avs bench data --help'")]
    [InlineData("data images cifar", "there is no image set 'cifar', expected one of fashion_mnist, mnist, digits, lfw_subset, stamps, " +
        "folder, poly_digits, stamps_frames_sound, polymnist")]
    [InlineData("data images --sheet x.png", "--sheet needs the NAME of an image set; without one the sets are listed")]
    [InlineData("data images digits --side 32", "--side: the pictures of digits have one size already; it is for the sets stamps, " +
        "folder, stamps_frames_sound")]
    [InlineData("data images poly_digits --side 32", "--side: the pictures of poly_digits have one size already; it is for the sets " +
        "stamps, folder, stamps_frames_sound")]
    [InlineData("data images poly_digits", "poly_digits is read from the folder that 'avs data compose DIR --kind poly_digits' makes; " +
        "name it with --root DIR")]
    [InlineData("data compose new --kind poly_digits --subset ms3",
        "--subset is for --kind stamps; poly_digits has no objects and no sound")]
    [InlineData("predict", "CHECKPOINT is missing; see 'avs predict --help'")]
    [InlineData("predict run film.mp4 --threshold 2", "--threshold: found 2, expected a number between 0 and 1")]
    [InlineData("serve", "RUN is missing; see 'avs serve --help'")]
    [InlineData("serve nowhere", "there is no run or checkpoint 'nowhere'")]
    [InlineData("serve run --port 70000", "--port: found 70000, expected 0 to 65535")]
    [InlineData("serve run --max-size 0", "--max-size: found '0', expected a whole number of at least 1; see 'avs serve --help'")]
    [InlineData("serve run --host nowhere",
        "--host: found 'nowhere', expected an address such as 127.0.0.1, or 0.0.0.0 for all of this machine's")]
    [InlineData("parity", "DIR is missing; see 'avs parity --help'")]
    [InlineData("train nowhere.yaml", "there is no configuration file 'nowhere.yaml'")]
    [InlineData("train x.yaml --run ../x", "--run: found '../x', expected the name of a folder to make in RUNS/EXPERIMENT; --runs says " +
        "where RUNS is; see 'avs train --help'")]
    [InlineData("train --resume nowhere", "there is no folder 'nowhere', expected the folder of a run")]
    [InlineData("train x.yaml --device tpu", "--device: found 'tpu', expected cpu, cuda or cuda:N")]
    public void A_wrong_command_line_is_one_sentence_and_exit_code_2(string line, string sentence)
    {
        var typed = Typed.Line(line.Split(' '));

        Assert.Equal(2, typed.Code);
        Assert.Equal(sentence, typed.Sentence);
        Assert.Empty(typed.Out);
    }

    [Fact]
    public void A_wrong_option_value_is_one_sentence_and_exit_code_2()
    {
        var typed = Typed.Line("demo", "--seed", "abc");

        Assert.Equal(2, typed.Code);
        Assert.Contains("'abc'", typed.Sentence);
    }

    [Fact]
    public void A_wrong_experiment_is_named_with_its_line_and_exit_code_2()
    {
        var path = Write("x.yaml", "seed: 1\ntrain:\n  step: 3\n");
        var typed = Typed.Line("train", path);

        Assert.Equal(2, typed.Code);
        Assert.Equal($"{path}:3: train.step: there is no such key; did you mean 'steps'?", typed.Sentence);
    }

    [Fact]
    public void A_wrong_override_is_named_with_exit_code_2()
    {
        var typed = Typed.Line("train", Write("x.yaml", "seed: 1"), "--set", "train.steps=none");

        Assert.Equal(2, typed.Code);
        Assert.Equal("--set: train.steps: found 'none', expected a whole number of at least 1", typed.Sentence);
    }

    [Fact]
    public void A_missing_data_set_is_one_sentence_and_exit_code_3()
    {
        var typed = Typed.Line("train", Write("x.yaml", $"data: {{root: {folder.FullName}/none}}"), "--runs", folder.FullName);

        Assert.Equal(3, typed.Code);
        Assert.Contains("none", typed.Sentence);
    }

    [Theory]
    [InlineData("data prepare none.csv videos out", "none.csv is missing")]
    [InlineData("data export nowhere out", "nowhere holds no s4_meta_data.csv and no ms3_meta_data.csv")]
    [InlineData("predict run none.mp4", "none.mp4 is missing")]
    public void What_is_not_there_is_one_sentence_and_exit_code_3(string line, string sentence)
    {
        var typed = Typed.Line(line.Split(' '));

        Assert.Equal((3, sentence), (typed.Code, typed.Sentence));
    }

    [Fact]
    public void A_single_picture_is_no_video_and_exit_code_3()
    {
        var picture = Repository.At("docs/demo.png");
        var typed = Typed.Line("predict", "run", picture, "--out", Path.Combine(folder.FullName, "out"));

        Assert.Equal(3, typed.Code);
        Assert.Equal(
            $"{picture} is a single picture (PNG), expected a video or a folder of frames (PNG or JPEG) with a wav file beside them",
            typed.Sentence);
    }

    [Fact]
    public void A_missing_parity_folder_is_one_sentence_and_exit_code_3()
    {
        var typed = Typed.Line("parity", Path.Combine(folder.FullName, "none"));

        Assert.Equal(3, typed.Code);
        Assert.Contains("none", typed.Sentence);
    }

    [Fact]
    public void The_whole_experiment_can_be_shown_without_training()
    {
        var typed = Typed.Line("train", Write("x.yaml", "name: shown\n"), "--set", "train.steps=7", "--show-config");

        Assert.Equal(0, typed.Code);
        Assert.Contains("name: shown\n", typed.Out);
        Assert.Contains("\n  steps: 7\n", typed.Out);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("    image: {channels: 3, height: 8, width: 8}\n", true)]
    public void What_the_data_have_yet_to_say_is_not_shown(string line, bool isShown)
    {
        var path = Write("x.yaml", $"task: autoencoding\nmodel:\n  name: vae_mlp\n  network:\n    latent_size: 3\n{line}");
        var typed = Typed.Line("train", path, "--show-config");

        Assert.Equal(0, typed.Code);
        Assert.Equal(isShown, typed.Out.Contains("\n    image:\n      channels: 3\n", StringComparison.Ordinal));
        Assert.Equal(isShown, typed.Out.Contains("height:", StringComparison.Ordinal));
        Assert.Contains("\n    latent_size: 3\n", typed.Out);
        // What is shown is an experiment, and the same one.
        Assert.Equal(typed.Out, Typed.Line("train", Write("y.yaml", typed.Out), "--show-config").Out);
    }
}
