using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Turnstone.Audit;

/// <summary>How far a chain is: what of it is kept, and what it leads to.</summary>
/// <param name="Chain">Which one.</param>
/// <param name="First">The number of the first entry that is kept.</param>
/// <param name="Base">The hash of what was before it.</param>
/// <param name="Next">The number of the next entry.</param>
/// <param name="Hash">The hash of what is before that.</param>
public sealed record ChainPoint(AuditChain Chain, long First, byte[] Base, long Next, byte[] Hash);

/// <summary>The state of the sealed audit log, in a few numbers.</summary>
/// <param name="Chains">Its chains.</param>
/// <param name="Agents">How many names of programs have numbers.</param>
/// <param name="AgentsHash">The hash of these.</param>
public sealed record AuditState(IReadOnlyList<ChainPoint> Chains, int Agents, byte[] AgentsHash)
{
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    /// <summary>Before the first entry.</summary>
    public static AuditState Empty { get; } =
        new([.. AuditChains.All.Select(chain => new ChainPoint(chain, 1, NoHash, 1, NoHash))], 0, SHA256.HashData([]));
}

/// <summary>A signed statement of the state at a time, as docs/audit.md describes it.</summary>
public sealed record AuditCheckpoint(string Text, string Kid, byte[] Signature)
{
    private const string Title = "turnstone audit checkpoint 1";

    /// <summary>What is signed: a title, the time, and a line for each chain and for the names of programs.</summary>
    public static string Write(AuditState state, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(state);
        return string.Join(
            '\n',
            [
                Title,
                at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                .. state.Chains.Select(chain =>
                    $"{Name(chain.Chain)} {chain.First} {Hex(chain.Base)} {chain.Next} {Hex(chain.Hash)}"
                ),
                $"agents {state.Agents} {Hex(state.AgentsHash)}",
                "",
            ]
        );
    }

    /// <summary>As a line of a file: the text, the key and the signature as JSON.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, AuditJson.Default.AuditCheckpoint);

    /// <summary>What a line has; null for another line.</summary>
    public static AuditCheckpoint? OfLine(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AuditJson.Default.AuditCheckpoint);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The time and the state that a text states; null for another text.</summary>
    public static (DateTimeOffset At, AuditState State)? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return
                text.Split('\n') is [Title, var at, .. var chains, var agents, ""]
                && agents.Split(' ') is ["agents", var count, var hash]
                ? (
                    DateTimeOffset.Parse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                    new AuditState([.. chains.Select(ReadChain)], Number<int>(count), Convert.FromHexString(hash))
                )
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static ChainPoint ReadChain(string line) =>
        line.Split(' ') is [var name, var first, var before, var next, var hash]
        && AuditChains.All.Where(chain => Name(chain) == name).ToList() is [var chain]
            ? new(
                chain,
                Number<long>(first),
                Convert.FromHexString(before),
                Number<long>(next),
                Convert.FromHexString(hash)
            )
            : throw new FormatException("That is no line of a chain.");

    private static T Number<T>(string text)
        where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);

    private static string Name(AuditChain chain) => chain.ToString().ToLowerInvariant();

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(AuditCheckpoint))]
internal sealed partial class AuditJson : JsonSerializerContext;
