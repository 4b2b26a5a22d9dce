using Turnstone.Node;
using Turnstone.Server.Operations;

return await RunGuard.RunAsync(Words.Program, Console.Error, () => NodeCommand.RunAsync(args, NodeComposition.Plan));
