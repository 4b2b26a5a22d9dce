namespace Turnstone.Server.Portal.ApiKeys;

public sealed class ApiKeyWords;
