using System.Text.Json;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>Reads a provisioning file and checks all of it.</summary>
internal static class ProvisioningReader
{
    private const int Largest = 16 * 1024 * 1024;

    /// <exception cref="ProvisioningException">The file is wrong, too large or missing.</exception>
    public static ProvisioningFile Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new ProvisioningException(path, ["There is no such file."]);
        }

        if (new FileInfo(path).Length > Largest)
        {
            throw new ProvisioningException(path, [$"It is larger than {Largest / 1024 / 1024} MiB: split it."]);
        }

        var file = Parse(path, File.ReadAllBytes(path));
        List<string> problems = [.. ProvisioningCheck.Of(file)];
        return problems.Count == 0 ? file : throw new ProvisioningException(path, problems);
    }

    private static ProvisioningFile Parse(string path, byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ProvisioningJson.Default.ProvisioningFile)
                ?? throw new ProvisioningException(path, ["$: give an object with products, accounts and clients."]);
        }
        catch (JsonException wrong)
        {
            throw new ProvisioningException(path, [$"{wrong.Path ?? "$"}: {Reason(wrong)}"]);
        }
    }

    // The serializer's messages name our types. An operator needs the place and the kind of mistake.
    private static string Reason(JsonException wrong)
    {
        var place = wrong.LineNumber is { } line ? $" (line {line + 1})" : "";
        var message = wrong.Message;
        return message.Contains("could not be mapped", StringComparison.Ordinal)
                ? $"this member is not known here{place}."
            : message.Contains("missing required", StringComparison.Ordinal)
                ? "a required member is "
                    + $"missing: {message[(message.LastIndexOf(':') + 1)..].Trim().TrimEnd('.')}{place}."
            : message.Contains("uplicate", StringComparison.Ordinal) ? $"the member occurs twice{place}."
            : message.Contains("could not be converted", StringComparison.Ordinal)
            || message.Contains("null", StringComparison.Ordinal)
                ? $"the value has the wrong type or is not one of those allowed{place}."
            : $"this is not valid JSON{place}.";
    }
}
