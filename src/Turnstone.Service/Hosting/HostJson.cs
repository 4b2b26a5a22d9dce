using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Turnstone.Server.Hosting;

/// <summary>What a probe is answered.</summary>
internal sealed record HealthAnswer(string Status)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Missing { get; init; }
}

/// <summary>A problem document (RFC 9457) with a code and the trace's id.</summary>
internal sealed record ProblemAnswer(string Type, string Title, int Status, string Detail, string Code, string TraceId);

/// <summary>The answers of the host itself as JSON, without reflection.</summary>
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(SeenRequest))]
internal sealed partial class HostJson : JsonSerializerContext
{
    /// <summary>As the framework writes answers: names in camel case, only what JSON itself demands escaped.</summary>
    public static HostJson Web { get; } =
        new(
            new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
