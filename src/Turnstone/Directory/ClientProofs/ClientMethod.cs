using System.Text.Json.Serialization;

namespace Turnstone.Directory.ClientProofs;

/// <summary>
/// How a client proves itself, by the names of OpenID Connect Core §9. A registered one is the only one that is taken.
/// </summary>
public enum ClientMethod
{
    [JsonStringEnumMemberName("client_secret_basic")]
    ClientSecretBasic,

    [JsonStringEnumMemberName("client_secret_post")]
    ClientSecretPost,

    [JsonStringEnumMemberName("private_key_jwt")]
    PrivateKeyJwt,

    [JsonStringEnumMemberName("none")]
    None,
}

public static class ClientMethods
{
    /// <summary>The names as the metadata lists them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<ClientMethod>().Select(NameOf)];

    public static string NameOf(this ClientMethod method) =>
        method switch
        {
            ClientMethod.ClientSecretBasic => "client_secret_basic",
            ClientMethod.ClientSecretPost => "client_secret_post",
            ClientMethod.PrivateKeyJwt => "private_key_jwt",
            ClientMethod.None => "none",
            _ => throw new ArgumentOutOfRangeException(nameof(method)),
        };
}
