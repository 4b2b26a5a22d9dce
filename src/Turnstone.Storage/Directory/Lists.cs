using System.Text.Json;
using System.Text.Json.Serialization;
using Turnstone.Directory;

namespace Turnstone.Storage.Directory;

/// <summary>
/// Short lists that are only ever read and written with the row they belong to: JSON in a text column.
/// </summary>
internal static class Lists
{
    public static string Write(IReadOnlyList<string> texts) =>
        JsonSerializer.Serialize([.. texts], ListsJson.Default.StringArray);

    public static string Write(IReadOnlyList<byte[]> values) =>
        JsonSerializer.Serialize([.. values], ListsJson.Default.ByteArrayArray);

    public static string Write(IReadOnlyList<ClientSecret> secrets) =>
        JsonSerializer.Serialize([.. secrets], ListsJson.Default.ClientSecretArray);

    public static string Write(IReadOnlyList<ApiScope> scopes) =>
        JsonSerializer.Serialize([.. scopes], ListsJson.Default.ApiScopeArray);

    public static string Write(IReadOnlyList<ApiDetailType> types) =>
        JsonSerializer.Serialize([.. types], ListsJson.Default.ApiDetailTypeArray);

    public static string[] ReadTexts(string json) =>
        JsonSerializer.Deserialize(json, ListsJson.Default.StringArray) ?? [];

    public static byte[][] ReadBytes(string json) =>
        JsonSerializer.Deserialize(json, ListsJson.Default.ByteArrayArray) ?? [];

    public static ApiScope[] ReadApiScopes(string json) =>
        JsonSerializer.Deserialize(json, ListsJson.Default.ApiScopeArray) ?? [];

    public static ApiDetailType[] ReadDetailTypes(string json) =>
        JsonSerializer.Deserialize(json, ListsJson.Default.ApiDetailTypeArray) ?? [];

    public static ClientSecret[] ReadSecrets(string json) =>
        JsonSerializer.Deserialize(json, ListsJson.Default.ClientSecretArray) ?? [];
}

[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(byte[][]))]
[JsonSerializable(typeof(ClientSecret[]))]
[JsonSerializable(typeof(ApiScope[]))]
[JsonSerializable(typeof(ApiDetailType[]))]
internal sealed partial class ListsJson : JsonSerializerContext;
