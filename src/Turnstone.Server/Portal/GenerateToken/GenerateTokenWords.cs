namespace Turnstone.Server.Portal.GenerateToken;

public sealed class GenerateTokenWords;
