namespace Turnstone.Server.Portal.Administration;

/// <summary>The words of the administrators' pages, in AdministrationWords.resx and its translations.</summary>
public sealed class AdministrationWords;
