using Avs.Cli;

ChildLibraries.AreTheCallers();
return AvsProgram.Run(args, Terminal.OfProcess());
