using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// The OpenAPI documents as they are sent. Each is made once, at its first request: it cannot change, and making it
/// takes a thousand times as long as sending it.
/// </summary>
public sealed class ContractDocuments(IServiceProvider services, ContractList contracts)
{
    private readonly Dictionary<string, Lazy<Task<Document>>> documents = contracts.Documents.ToDictionary(
        document => document.Name,
        document => new Lazy<Task<Document>>(() => MakeAsync(services, document.Name))
    );

    /// <summary>Answers a document by its name; an unknown one is a 404.</summary>
    public async Task<IResult> AnswerAsync(string name, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!documents.TryGetValue(name, out var making))
        {
            return Results.StatusCode(StatusCodes.Status404NotFound);
        }

        var document = await making.Value;
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(document.Json, "application/json;charset=utf-8", entityTag: document.Tag);
    }

    private static async Task<Document> MakeAsync(IServiceProvider services, string name)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(name).GetOpenApiDocumentAsync();
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(
            json,
            services.GetRequiredService<IOptionsMonitor<OpenApiOptions>>().Get(name).OpenApiVersion
        );
        var bytes = json.ToArray();
        return new(bytes, new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\""));
    }

    private sealed record Document(byte[] Json, EntityTagHeaderValue Tag);
}
