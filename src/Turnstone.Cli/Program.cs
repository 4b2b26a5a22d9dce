using Turnstone.Cli;
using Turnstone.Cli.Output;

return await CommandLine.RunAsync(args, Terminal.OfProcess());
