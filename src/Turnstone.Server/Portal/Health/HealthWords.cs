namespace Turnstone.Server.Portal.Health;

/// <summary>The words of the charts and what they mean, in HealthWords.resx and its translations.</summary>
public sealed class HealthWords;
