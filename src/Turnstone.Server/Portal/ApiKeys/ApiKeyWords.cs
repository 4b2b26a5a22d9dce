using Turnstone.Directory;

namespace Turnstone.Server.Portal.ApiKeys;

public sealed class ApiKeyWords;
