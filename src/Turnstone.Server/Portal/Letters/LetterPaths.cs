namespace Turnstone.Server.Portal.Letters;

public static class LetterPaths
{
    /// <summary>Where a reader chooses what to be written about.</summary>
    public const string Choose = "/portal/profile#emails";
}
