using System.Text.Json;
using System.Text.Json.Serialization;

namespace Turnstone.Clients.Tests.Behaviours;

/// <summary>A row of <c>clients/behaviours.json</c>.</summary>
public sealed record Row(
    string Name,
    string Must,
    IReadOnlyList<string> Steps,
    Expected Expect,
    string Contract = "/auth/v2"
)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static IReadOnlyList<Row> All { get; } = Read();

    private static List<Row> Read()
    {
        using var file = File.OpenRead(Path.Combine(Repository.Root, "clients", "behaviours.json"));
        return JsonSerializer.Deserialize<Table>(file, Options)!.Rows;
    }

    private sealed record Table(List<string> About, List<Row> Rows);
}

/// <summary>What must come of a row; what is null is not looked at.</summary>
public sealed record Expected
{
    /// <summary>Sign-ins that the server granted; one that was granted again counts once.</summary>
    public int? SignIns { get; init; }

    public int? SignInRequests { get; init; }

    /// <summary>Refreshes that the server granted; one that was granted again counts once.</summary>
    public int? Refreshes { get; init; }

    /// <summary>All requests for a refresh that reached the proxy.</summary>
    public int? Requests { get; init; }

    /// <summary>How many Idempotency-Keys the refreshes had.</summary>
    public int? Keys { get; init; }

    /// <summary>Requests to an API.</summary>
    public int? Calls { get; init; }

    /// <summary>Whether the last two tokens that anybody got are the same.</summary>
    public bool? SameToken { get; init; }

    /// <summary>How long it took at least.</summary>
    public int? Seconds { get; init; }

    /// <summary>Whether it can be refreshed once more at the end.</summary>
    public bool GoesOn { get; init; } = true;
}
