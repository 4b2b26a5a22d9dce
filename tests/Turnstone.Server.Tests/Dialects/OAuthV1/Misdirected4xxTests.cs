namespace Turnstone.Server.Tests.Dialects.OAuthV1;

public sealed class Misdirected4xxTests
{
    [Fact]
    public async Task Another_media_type_is_a_415_in_the_contracts_shape()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.PostAsync("/v1/oauth/token/user", "{}", "text/plain"), "media-type-415");
    }

    [Fact]
    public async Task A_large_body_is_a_413_in_the_contracts_shape()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", $$"""{"x":"{{new string('x', 16 * 1024)}}"}"""), "too-large-413");
    }

    [Fact]
    public async Task Another_method_is_a_405_that_names_the_right_one()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.GetAsync("/v1/oauth/token/user"), "method-405");
    }

    [Fact]
    public async Task An_unknown_path_is_a_404_in_the_contracts_shape()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.GetAsync("/v1/oauth/nothing"), "path-404");
    }

    [Fact]
    public async Task Too_many_refusals_are_a_429_with_the_time_to_wait()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody("tsr_any", secret: "wrong"));
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody("tsr_any", secret: "wrong")), "too-many-429");
    }
}
