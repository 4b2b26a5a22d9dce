using Turnstone.Tokens;

namespace Turnstone.Directory.Metadata;

/// <summary>What a client sends to register (RFC 7591 §3.1) or to change its registration (RFC 7592 §2.2).</summary>
public sealed record RegistrationRequest(ClientMetadata Metadata, string? ClientId, string? ClientSecret)
{
    /// <summary>What the server alone says.</summary>
    private static readonly string[] Given =
    [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ];

    public static (RegistrationRequest? Request, MetadataProblem? Problem) Read(byte[] json)
    {
        if (!StrictJson.TryParse(json, out var document))
        {
            return (null, MetadataProblem.Of("Send a JSON object in which no member comes twice."));
        }

        using (document)
        {
            var root = document.RootElement;
            return ClientMetadata.TryRead(root, ClientSource.Registration, out var metadata, out var problem)
                ? (
                    new(metadata, StrictJson.Text(root, "client_id"u8), StrictJson.Text(root, "client_secret"u8))
                    {
                        RepeatsOurs = Array.Exists(Given, name => root.TryGetProperty(name, out _)),
                    },
                    null
                )
                : (null, problem);
        }
    }

    /// <summary>Whether it has members that a change must not have (RFC 7592 §2.2).</summary>
    public bool RepeatsOurs { get; private init; }

    public override string ToString() => "a registration";
}
