using Avs.Cli;

return AvsProgram.Run(args, Terminal.OfProcess());
