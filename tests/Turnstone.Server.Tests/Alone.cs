namespace Turnstone.Server.Tests;

/// <summary>
/// For tests that compare times: nothing else runs beside them. Passwords are hashed behind everything else, so a busy
/// machine would be measured and not the server.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
