namespace Turnstone.Server.Portal.Reference;

/// <summary>The texts around the reference. The documents themselves are in English.</summary>
public sealed class ReferenceWords;
