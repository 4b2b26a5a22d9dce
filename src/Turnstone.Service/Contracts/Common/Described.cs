using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Turnstone.Grants;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// Describes an operation by its examples: what a contract shows is what its OpenAPI document says, and the schema
/// follows from the example.
/// </summary>
internal sealed class Described(OpenApiOperation operation)
{
    public const string Json = "application/json";
    public const string Form = "application/x-www-form-urlencoded";

    /// <summary>What a client does with a header of an answer.</summary>
    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["Cache-Control"] = "How long the answer may be kept.",
        ["DPoP-Nonce"] = "What the next proof of the key has to have as its nonce (RFC 9449).",
        ["ETag"] = "Names this version of the answer; send it back as If-None-Match.",
        ["Error-Code"] = "The code of the error. Decide by it, and never by the text of the message.",
        ["Link"] = "Where the next page is, while there is one (RFC 8288).",
        ["Retry-After"] = "How many seconds to wait before the same request may succeed.",
        ["Turnstone-Acr"] = "How the person signed in, where the token says so.",
        ["Turnstone-Actor"] = "Who acts for the subject (RFC 8693).",
        ["Turnstone-Client"] = "The client of the token.",
        ["Turnstone-Credential"] = "What was sent: access_token, api_key or subscription_key.",
        ["Turnstone-Key"] = "The id of the API key or of the subscription.",
        ["Turnstone-Product"] = "The product of the subscription.",
        ["Turnstone-Scope"] = "All scopes, with spaces between.",
        ["Turnstone-Session"] = "The session.",
        ["Turnstone-Subject"] = "The account, or the client that got the token for itself.",
        ["WWW-Authenticate"] = "How to authenticate, and what was wrong with the credentials.",
    };

    /// <summary>The body, by one example for each way it may look.</summary>
    public Described Takes(string mediaType, string[] required, params (string Name, string Example)[] examples)
    {
        operation.RequestBody ??= new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(),
        };
        operation.RequestBody.Content!.Add(mediaType, Media(required, examples));
        return this;
    }

    /// <summary>What a form's parameters may look like, from their declarations; after <see cref="Takes"/>.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="grantType">The <c>grant_type</c> that reads them; null for every request.</param>
    public Described Declares(IEnumerable<GrantParameter> parameters, string? grantType = null)
    {
        var properties = (operation.RequestBody?.Content?[Form].Schema as OpenApiSchema)?.Properties;
        foreach (var parameter in parameters)
        {
            var need = grantType is null ? "" : $"{(parameter.Required ? "Required" : "Optional")} for {grantType}: ";
            var shape = $"{need}{parameter.Shape.Description}";
            var text = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                MaxLength = parameter.Longest,
                Description = parameter.Many ? null : shape,
            };
            properties![parameter.Name] = parameter.Many
                ? new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = text,
                    Description = $"{shape}; may be sent several times",
                }
                : text;
        }

        return this;
    }

    public Described Header(string name, string description, bool required = false) =>
        Parameter(name, ParameterLocation.Header, description, required);

    public Described Query(string name, string description, bool required = false) =>
        Parameter(name, ParameterLocation.Query, description, required);

    /// <summary>A part of the path, which is one of these words.</summary>
    public Described Path(string name, string description, params string[] words) =>
        Parameter(name, ParameterLocation.Path, description, required: true, words);

    private Described Parameter(
        string name,
        ParameterLocation where,
        string description,
        bool required,
        params string[] words
    )
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(
            new OpenApiParameter
            {
                Name = name,
                In = where,
                Description = description,
                Required = required,
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Enum = words.Length > 0 ? [.. words.Select(word => JsonValue.Create(word))] : null,
                },
            }
        );
        return this;
    }

    /// <summary>An answer with its examples; the headers are those that a client acts on.</summary>
    public Described Answers(
        int status,
        string description,
        string mediaType,
        string[] headers,
        params (string Name, string Example)[] examples
    )
    {
        var response = new OpenApiResponse { Description = description };
        if (examples.Length > 0)
        {
            response.Content = new Dictionary<string, OpenApiMediaType> { [mediaType] = Media(null, examples) };
        }

        if (headers.Length > 0)
        {
            response.Headers = headers.ToDictionary(
                name => name,
                IOpenApiHeader (name) =>
                    new OpenApiHeader
                    {
                        Description = Meanings.GetValueOrDefault(name),
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    }
            );
        }

        operation.Responses ??= [];
        operation.Responses[Text(status)] = response;
        return this;
    }

    /// <summary>Another media type of an answer that was described; after <see cref="Answers"/>.</summary>
    public Described Or(int status, string mediaType, string name, string example)
    {
        operation.Responses![Text(status)].Content!.Add(
            mediaType,
            Media(null, [(name, JsonValue.Create(example).ToJsonString())])
        );
        return this;
    }

    private static string Text(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static OpenApiMediaType Media(string[]? required, (string Name, string Example)[] examples) =>
        new()
        {
            Schema = Schema(examples.Select(example => JsonNode.Parse(example.Example)!).ToList(), required),
            Examples = examples.ToDictionary(
                example => example.Name,
                IOpenApiExample (example) => new OpenApiExample { Value = JsonNode.Parse(example.Example) }
            ),
        };

    /// <summary>
    /// The members of all examples together; required are those named, or those that every example has.
    /// </summary>
    private static OpenApiSchema Schema(List<JsonNode> examples, string[]? required)
    {
        if (examples[0] is not JsonObject)
        {
            return Leaf(examples[0]);
        }

        var objects = examples.Cast<JsonObject>().ToList();
        var names = objects.SelectMany(example => example.Select(member => member.Key)).Distinct().ToList();
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = names.ToDictionary(
                name => name,
                IOpenApiSchema (name) =>
                    Schema(
                        [.. objects.Where(example => example.ContainsKey(name)).Select(example => example[name]!)],
                        null
                    )
            ),
            Required = (
                required ?? [.. names.Where(name => objects.TrueForAll(example => example.ContainsKey(name)))]
            ).ToHashSet(),
        };
    }

    private static OpenApiSchema Leaf(JsonNode example) =>
        example switch
        {
            JsonArray array => new()
            {
                Type = JsonSchemaType.Array,
                Items =
                    array.Count == 0
                        ? new OpenApiSchema { Type = JsonSchemaType.String }
                        : Schema([.. array.Select(item => item!)], null),
            },
            _ => new()
            {
                Type = example.GetValueKind() switch
                {
                    System.Text.Json.JsonValueKind.Number => JsonSchemaType.Integer,
                    System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False =>
                        JsonSchemaType.Boolean,
                    _ => JsonSchemaType.String,
                },
            },
        };
}
