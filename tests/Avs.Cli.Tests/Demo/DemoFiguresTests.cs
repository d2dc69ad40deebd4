using Avs.Cli.Demo;

namespace Avs.Cli.Tests.Demo;

public sealed class DemoFiguresTests
{
    [Fact]
    public void The_keys_of_its_file_are_these() => Assert.Equal(
        """
        {
          "miou": 0.1235,
          "f_score": 0.2,
          "miou_muted": 0.3,
          "miou_swapped": 0.4,
          "miou_other": 0.5,
          "miou_other_against_original": 0.6,
          "miou_unheard": null,
          "f_score_unheard": null,
          "miou_background": 0.7,
          "miou_every_object": 0.8,
          "miou_random_object": 0.9,
          "clips": 1,
          "clips_unheard": 0,
          "protocol": "avsbench",
          "steps": 2,
          "seconds_compose": 3,
          "seconds_train": 4,
          "seconds": 5.5,
          "pictures": "pictures.png"
        }

        """.ReplaceLineEndings("\n"),
        new DemoFigures
        {
            Miou = 0.12345678,
            FScore = 0.2,
            MiouMuted = 0.3,
            MiouSwapped = 0.4,
            MiouOther = 0.5,
            MiouOtherAgainstOriginal = 0.6,
            MiouUnheard = null,
            FScoreUnheard = null,
            MiouBackground = 0.7,
            MiouEveryObject = 0.8,
            MiouRandomObject = 0.9,
            Clips = 1,
            ClipsUnheard = 0,
            Protocol = "avsbench",
            Steps = 2,
            SecondsCompose = 3,
            SecondsTrain = 4,
            Seconds = 5.5,
            Pictures = "pictures.png",
        }.ToJson());
}
