namespace Turnstone.Server.Portal.Applications;

/// <summary>The words of the applications, in ApplicationsWords.resx and its translations.</summary>
public sealed class ApplicationsWords;
