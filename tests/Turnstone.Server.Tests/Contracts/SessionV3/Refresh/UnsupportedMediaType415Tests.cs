namespace Turnstone.Server.Tests.Contracts.SessionV3.Refresh;

public sealed class UnsupportedMediaType415Tests
{
    [Theory]
    [InlineData("/v3/auth/refresh")]
    [InlineData("/auth/refresh")]
    public async Task A_form_has_a_problem_of_its_own(string path)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.FormAsync(path, "refresh_token=x"), "refresh-media-type-415");
    }
}
