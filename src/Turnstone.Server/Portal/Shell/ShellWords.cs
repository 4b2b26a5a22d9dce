namespace Turnstone.Server.Portal.Shell;

/// <summary>The texts of the shell, in ShellWords.resx and its translations.</summary>
public sealed class ShellWords;
