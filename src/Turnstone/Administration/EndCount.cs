using Turnstone.Storage;

namespace Turnstone.Administration;

/// <summary>What has ended, or would end.</summary>
public readonly record struct EndCount
{
    public int Accounts { get; init; }

    public int Clients { get; init; }

    public int ApiKeys { get; init; }

    public int Subscriptions { get; init; }

    public int Codes { get; init; }

    /// <summary>
    /// Live sessions, up to a hundred of each holder; null where they are not counted, because no index leads to them.
    /// </summary>
    public SessionCount? Sessions { get; init; }

    public static EndCount operator +(EndCount one, EndCount other) => one.Add(other);

    public EndCount Add(EndCount other) =>
        new()
        {
            Accounts = Accounts + other.Accounts,
            Clients = Clients + other.Clients,
            ApiKeys = ApiKeys + other.ApiKeys,
            Subscriptions = Subscriptions + other.Subscriptions,
            Codes = Codes + other.Codes,
            Sessions = Sessions + other.Sessions,
        };
}
