using Turnstone.Directory;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>The words of the API key pages, in ApiKeyWords.resx and its translations.</summary>
public sealed class ApiKeyWords;
