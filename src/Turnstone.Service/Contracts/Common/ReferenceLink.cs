namespace Turnstone.Server.Contracts.Common;

/// <summary>Where the reference of a contract is, as its answers and older links name it.</summary>
public static class ReferenceLink
{
    public const string Root = "/reference";

    public static string To(string issuer, Contract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return $"{issuer}{Root}/index.html?urls.primaryName={Uri.EscapeDataString(contract.Title)}";
    }
}
