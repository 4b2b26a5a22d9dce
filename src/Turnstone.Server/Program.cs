using Turnstone.Server;
using Turnstone.Server.Operations;

return await Commands.RunAsync(args, Composition.Plan, Output.OfProcess);
