namespace Turnstone.Nodes.Scenarios;

/// <summary>Whether a node takes an access token; asked where tokens of every contract are answered alike.</summary>
internal static class Validation
{
    public static async Task<bool> IsGoodAsync(HttpClient node, string access)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/validate-token");
        request.Headers.Authorization = new("Bearer", access);
        using var answer = await node.SendAsync(request);
        return (int)answer.StatusCode switch
        {
            200 => true,
            401 => false,
            var other => throw new InvalidOperationException($"A validation was answered {other}."),
        };
    }
}
