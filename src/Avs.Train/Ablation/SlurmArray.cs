using Avs.Core;

namespace Avs.Train.Ablation;

/// <summary>A script for Slurm's sbatch that trains the trials of a matrix, each as a task of one array.</summary>
public static class SlurmArray
{
    /// <summary>Writes it.</summary>
    /// <param name="path">The file; its folder is made when missing.</param>
    /// <param name="command">What trains one trial, whose name follows as the last argument.</param>
    public static void Write(string path, AblationMatrix matrix, IReadOnlyList<string> command)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        AtomicFile.WriteAllText(path, $$"""
            #!/bin/bash
            # sbatch {{ShellCommand.Quote(path)}}
            # Finished trials end at once and interrupted ones go on: submit it again until 'avs ablate --dry-run' shows all as finished.
            #SBATCH --job-name={{matrix.Name}}
            #SBATCH --array=0-{{matrix.Trials.Count - 1}}
            #SBATCH --output={{Path.Combine(folder, "slurm-%a.txt")}}
            #SBATCH --open-mode=append
            #SBATCH --signal=B:TERM@120   # two minutes to save before the time limit
            trials=(
            {{string.Join('\n', matrix.Trials.Select(trial => $"  {trial.Name}"))}}
            )
            cd {{ShellCommand.Quote(Environment.CurrentDirectory)}} || exit
            exec {{ShellCommand.Join(command)}} "${trials[$SLURM_ARRAY_TASK_ID]}"

            """.ReplaceLineEndings("\n"));
    }
}
