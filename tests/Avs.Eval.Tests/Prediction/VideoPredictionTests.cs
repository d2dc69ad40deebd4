using System.Buffers.Binary;
using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.AvsBench;
using Avs.Data.Media;
using Avs.Eval.Evaluation;
using Avs.Eval.Prediction;
using Avs.Models.Segmentation;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Prediction;

[Collection(Alone.Name)]
public sealed class VideoPredictionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("avs-predict-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string At(params string[] parts) => Path.Combine([folder, .. parts]);

    private PredictionResult Predict(string video, Func<PredictionOptions, PredictionOptions>? change = null)
    {
        var options = new PredictionOptions(video, At("out")) { Threshold = 0.3 };
        return VideoPrediction.Open(change?.Invoke(options) ?? options).Run(Brightness, new EvaluationOptions(32));
    }

    // What a bright pixel is worth: a rule, as these tests are about where and how masks are written.
    private static MaskPrediction Brightness(AvsInput input) => input.Images.mean([1], keepdim: true); // [N, 1, S, S]

    private Mat FirstOfOverlay() =>
        new VideoFile(At("out", PredictionResult.OverlayFile)).Pictures().Select(picture => picture.Bgr.Clone()).First();

    private string Video(string name, string seconds, string sound = "sine=440:sample_rate=22050", string rate = "10",
        string size = "64x48")
    {
        List<string> arguments = ["-f", "lavfi", "-i", $"testsrc=size={size}:rate={rate}:duration={seconds}"];
        if (sound.Length > 0)
            arguments.AddRange(["-f", "lavfi", "-t", seconds, "-i", sound]);
        FFmpeg.Run([.. arguments, "-c:v", "ffv1", "-pix_fmt", "bgr0", "-c:a", "pcm_s16le", At(name)]);
        return At(name);
    }

    [Fact]
    public void A_model_of_classes_gives_each_its_colour_and_a_legend()
    {
        // Class 2 where a pixel is bright, class 1 where it is not, and the background nowhere.
        static MaskPrediction Classes(AvsInput input)
        {
            var light = input.Images.mean([1], keepdim: true);
            return cat([full_like(light, -9), -light, light], 1);
        }
        var options = new PredictionOptions(Video("film.mkv", "3"), At("out"));

        var result = VideoPrediction.Open(options).Run(Classes, new EvaluationOptions(32), classNames: ["background", "dog"]);

        Assert.Equal(["class 2", "dog"], result.Classes!.Select(found => found.Name).Order(StringComparer.Ordinal));
        Assert.Equal(1, result.Classes!.Sum(found => found.Area), 1e-9);
        Assert.Equal("#008000", result.Classes!.Single(found => found.Number == 2).Colour);
        var (classes, height, width) = AvssPalette.Read(At("out", result.Masks[1].File), 3);
        Assert.Equal((48, 64), (height, width));
        Assert.Equal(result.Masks[1].Classes![2], classes.Count(label => label == 2) / (double)classes.Length, 1e-9);
        Assert.Equal((1, 1.0), (result.Masks[1].Area, result.Masks[1].Classes!.Values.Sum()));
        Assert.StartsWith("number,class,colour,masks,mean_area", File.ReadAllText(At("out", PredictionResult.ClassesFile)));
        Assert.EndsWith(",classes", File.ReadAllLines(At("out", PredictionResult.TableFile))[0]);
        Assert.Contains("\"number\":2,\"name\":\"class 2\"", PredictionJson.From(result).ToJson());
    }

    [Fact]
    public void A_threshold_means_nothing_to_classes_and_is_refused()
    {
        static MaskPrediction Classes(AvsInput input) => zeros(input.Images.shape[0], 3, 32, 32);
        var options = new PredictionOptions(Video("film.mkv", "1"), At("out")) { Threshold = 0.3 };
        Assert.Equal("--threshold: this model tells classes apart, and each pixel is of the most probable one",
            Assert.Throws<UsageException>(() => VideoPrediction.Open(options).Run(Classes, new EvaluationOptions(32))).Message);
        Assert.False(Directory.Exists(At("out")));
    }

    [Fact]
    public void A_video_becomes_masks_an_overlay_with_sound_a_strip_and_figures()
    {
        var result = Predict(Video("film.mkv", "7"));

        Assert.Equal((7, 64, 48, true), (result.Masks.Count, result.Width, result.Height, result.HasSound));
        Assert.Equal(Enumerable.Range(0, 7).Select(second => $"film_{second}.png"), Directory.GetFiles(At("out", "masks"))
            .Select(file => Path.GetFileName(file)!).Order());
        var (mask, height, width) = MaskReader.Read(At("out", result.Masks[3].File));
        Assert.Equal((48, 64), (height, width));
        Assert.Equal(mask.Average(value => value), result.Masks[3].Area, 9);
        Assert.Equal(70, new VideoFile(At("out", PredictionResult.OverlayFile)).Pictures().Count());
        Assert.NotNull(MediaFile.Read(At("out", PredictionResult.OverlayFile)).Sound);
        Assert.True(FrameReader.Read(At("out", PredictionResult.StripFile)).Width > 500);
        Assert.True(File.Exists(At("out", PredictionResult.CurvesFile)));
        var table = File.ReadAllLines(At("out", PredictionResult.TableFile));
        Assert.Equal("from_seconds,frame_seconds,mask_area,mean_probability,sound_db,mask", table[0]);
        Assert.StartsWith("6.000,6.9375,", table[7]);
        Assert.Equal(["film.mkv", "out"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName)
            .OrderByDescending(name => name!.Contains('.')).ThenByDescending(name => name));
    }

    [Fact]
    public void A_folder_of_frames_with_a_wav_gives_what_their_video_gives()
    {
        var video = Video("clip.mkv", "5", rate: "1", sound: "sine=700:sample_rate=16000");
        Directory.CreateDirectory(At("frames"));
        FFmpeg.Run("-i", video, At("frames", "clip_%d.png"));
        FFmpeg.Run("-i", video, "-vn", "-c:a", "copy", At("frames", "clip.wav"));
        var ofVideo = Predict(video);
        var ofFrames = Predict(At("frames"), options => options with { Folder = At("again") });
        Assert.Equal(ofVideo.Masks.Select(mask => (mask.Area, mask.Probability, mask.Decibels)),
            ofFrames.Masks.Select(mask => (mask.Area, mask.Probability, mask.Decibels)));
        // A frame a second would be too slow for players.
        Assert.Equal(50, new VideoFile(At("again", PredictionResult.OverlayFile)).Pictures().Count());
    }

    [Fact]
    public void A_phones_video_is_turned_upright_in_masks_and_overlay()
    {
        FFmpeg.Run("-f", "lavfi", "-i", "color=black:size=64x48:rate=10:duration=1,format=gray,geq=lum='if(lt(Y,24),200,50)'",
            "-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p", At("phone.mp4"));
        // The matrix in the track's header turns by 90 degrees: top to the right.
        var bytes = File.ReadAllBytes(At("phone.mp4"));
        var matrix = bytes.AsSpan(bytes.AsSpan().IndexOf("tkhd"u8) + 4 + 40);
        int[] turn = [0, 1, 0, -1, 0];
        for (var i = 0; i < turn.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(matrix[(4 * i)..], turn[i] << 16);
        File.WriteAllBytes(At("phone.mp4"), bytes);

        var result = Predict(At("phone.mp4"), options => options with { Threshold = 1 });
        Assert.Equal((48, 64), (result.Width, result.Height));
        var (_, height, width) = MaskReader.Read(At("out", result.Masks[0].File));
        Assert.Equal((64, 48), (height, width));
        using var first = FirstOfOverlay();
        Assert.Equal((48, 64), (first.Cols, first.Rows));
        Assert.InRange(first.At<Vec3b>(32, 40).Item1 - first.At<Vec3b>(32, 8).Item1, 100, 200);
    }

    [Fact]
    public void Pictures_that_begin_late_stay_with_their_sound_in_the_overlay()
    {
        // The greys of the seconds 2 and 3 are 110 and 150; tones at the start of each second.
        FFmpeg.Run(
            "-itsoffset", "2", "-f", "lavfi", "-i", "color=black:size=64x48:rate=10:duration=2,format=gray,geq=lum='110+40*floor(T)'",
            "-f", "lavfi", "-i", "aevalsrc='0.5*sin(2*PI*440*t)*lt(mod(t,1),0.2)':s=48000:d=4",
            "-vsync", "passthrough", "-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p", "-c:a", "aac", At("late.mp4"));
        var result = Predict(At("late.mp4"), options => options with { Threshold = 1 });
        Assert.Equal(4, result.Masks.Count);
        Assert.Matches(@"^the pictures begin (1\.9\d|2\.0\d) s late: the first one stands for", Assert.Single(result.Notes));
        Assert.True(result.Masks[2].Decibels > -40);
        var overlay = new VideoFile(At("out", PredictionResult.OverlayFile));
        var greys = overlay.Pictures().Select(picture => (picture.Seconds, Grey: picture.Bgr.At<Vec3b>(24, 32).Item1)).ToArray();
        Assert.InRange(greys.Length, 39, 41);
        Assert.InRange(greys[0].Grey, 105, 115);
        Assert.Equal(3, greys.First(picture => picture.Grey > 130).Seconds, 1);
        SoundTrack.Extract(overlay.Path, At("overlay.wav"));
        var mono = WavReader.Read(At("overlay.wav")).Mono;
        foreach (var second in new[] { 0, 1, 2, 3 })
            Assert.True(mono.AsSpan((int)((second + 0.05) * 16_000), 1600).ToArray().Max() > 0.1);
    }

    [Fact]
    public void A_name_with_a_colon_is_that_of_a_file()
    {
        File.Move(Video("plain.mkv", "2"), At("a:b %d.mkv"));
        string[] masks = ["a:b %d_0.png", "a:b %d_1.png"];
        Assert.Equal(masks, Predict(At("a:b %d.mkv")).Masks.Select(mask => Path.GetFileName(mask.File)));
        Assert.Equal(masks, Directory.GetFiles(At("out", "masks")).Select(file => Path.GetFileName(file)!).Order());
    }

    [Fact]
    public void The_sound_track_flagged_default_is_taken()
    {
        FFmpeg.Run("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1", "-f", "lavfi", "-i", "anullsrc=r=16000:d=1",
            "-f", "lavfi", "-t", "1", "-i", "sine=440:r=16000", "-map", "0:v", "-map", "1:a", "-map", "2:a", "-c:v", "ffv1", "-c:a",
                "pcm_s16le",
            "-disposition:a:0", "0", "-disposition:a:1", "default", At("two.mkv"));
        var result = Predict(At("two.mkv"));
        Assert.True(result.Masks[0].Decibels > -40);
        Assert.Contains("it has 2 sound tracks: number 2 is taken", Assert.Single(result.Notes));
    }

    [Fact]
    public void Music_with_a_cover_picture_is_no_video()
    {
        FFmpeg.Run("-f", "lavfi", "-i", "color=red:size=32x32", "-frames:v", "1", At("cover.png"));
        FFmpeg.Run("-f", "lavfi", "-t", "2", "-i", "sine=440", "-i", At("cover.png"), "-map", "0:a", "-map", "1:v", "-c:v", "png",
            "-disposition:v", "attached_pic", At("song.mp3"));
        var error = Assert.Throws<DataException>(() => Predict(At("song.mp3")));
        Assert.EndsWith("it has no track of pictures, only a cover picture", error.Message);
        Assert.False(Directory.Exists(At("out")));
    }

    [Fact]
    public void More_masks_a_second_are_each_of_their_own_frame()
    {
        var result = Predict(Video("film.mkv", "2"), options => options with { Rate = 4 });
        Assert.Equal(8, result.Masks.Count);
        Assert.Equal([0.1875, 0.4375, 0.6875, 0.9375, 1.1875], result.Masks.Take(5).Select(mask => mask.Instant));
    }

    [Fact]
    public void A_video_shorter_than_a_second_has_one_mask() => Assert.Single(Predict(Video("film.mkv", "0.3")).Masks);

    [Fact]
    public void A_video_of_odd_size_has_masks_of_its_size_and_an_overlay_that_players_take()
    {
        var result = Predict(Video("film.mkv", "1", size: "61x45"));
        Assert.Equal((61, 45), (result.Width, result.Height));
        using var first = FirstOfOverlay();
        Assert.Equal((60, 44), (first.Cols, first.Rows));
    }

    [Fact]
    public void A_video_without_sound_has_masks_made_with_silence()
    {
        var result = Predict(Video("film.mkv", "1", sound: ""));
        Assert.False(result.HasSound);
        Assert.Equal(-100, Assert.Single(result.Masks).Decibels);
        Assert.Null(MediaFile.Read(At("out", PredictionResult.OverlayFile)).Sound);
    }

    [Fact]
    public void Another_files_sound_can_be_taken_instead()
    {
        FFmpeg.Run("-f", "lavfi", "-i", "sine=300:duration=1", "-filter:a", "volume=0.01", At("quiet.wav"));
        var result = Predict(Video("film.mkv", "1"), options => options with { Sound = At("quiet.wav") });
        Assert.InRange(Assert.Single(result.Masks).Decibels, -80, -50);
    }

    [Fact]
    public void No_tensor_is_left_over()
    {
        var video = Video("film.mkv", "3");
        Predict(video);
        var before = Tensor.TotalCount;
        Predict(video, options => options with { Folder = At("again") });
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData("picture.png", "PNG")]
    [InlineData("picture.jpg", "JPEG")]
    [InlineData("picture.bmp", "BMP")]
    [InlineData("picture.tiff", "TIFF")]
    public void A_single_picture_is_refused(string name, string kind)
    {
        FFmpeg.Run("-f", "lavfi", "-i", "testsrc=size=64x48:duration=1", "-frames:v", "1", At(name));
        var error = Assert.Throws<DataException>(() => Predict(At(name)));
        Assert.StartsWith($"{At(name)} is a single picture ({kind}), expected a video or a folder of frames", error.Message);
        Assert.False(Directory.Exists(At("out")));
    }

    [Fact]
    public void A_damaged_video_leaves_nothing()
    {
        File.WriteAllText(At("film.mp4"), "no film");
        Assert.Contains("holds no picture that can be decoded", Assert.Throws<DataException>(() => Predict(At("film.mp4"))).Message);
        Assert.False(Directory.Exists(At("out")));
        Assert.Empty(Directory.GetDirectories(folder));
    }

    [Fact]
    public void Frames_without_sound_ask_for_it()
    {
        Directory.CreateDirectory(At("frames"));
        FFmpeg.Run("-f", "lavfi", "-i", "testsrc=size=32x32:rate=1:duration=2", At("frames", "%d.png"));
        Assert.Contains("name it with --sound FILE", Assert.Throws<UsageException>(() => Predict(At("frames"))).Message);
        Assert.Empty(Directory.GetDirectories(folder, "*.partial"));
    }

    [Fact]
    public void A_folder_that_holds_something_is_left_alone()
    {
        Directory.CreateDirectory(At("out"));
        File.WriteAllText(At("out", "mine.txt"), "");
        Assert.Contains("is not empty", Assert.Throws<UsageException>(() => Predict(Video("film.mkv", "1"))).Message);
    }
}
