// An ASP.NET Core API without our library: a revoked token is good until it expires.
// Needs the package Microsoft.AspNetCore.Authentication.JwtBearer.
using System.Security.Claims;

var builder = WebApplication.CreateBuilder(args);
builder
    .Services.AddAuthentication()
    .AddJwtBearer(options =>
    {
        options.Authority = builder.Configuration["TURNSTONE_URL"]; // the keys, and `iss`
        options.Audience = builder.Configuration["TURNSTONE_AUDIENCE"]; // `aud`
        options.MapInboundClaims = false; // claims keep their names
        options.RequireHttpsMetadata = !builder.Environment.IsDevelopment();
    });
builder
    .Services.AddAuthorizationBuilder()
    .AddPolicy("individuals.read", policy => policy.RequireAssertion(call => Has(call.User, "individuals.read")));

var app = builder.Build();
app.MapGet("/individuals", (ClaimsPrincipal caller) => new { product = caller.FindFirst("product")?.Value })
    .RequireAuthorization("individuals.read");
app.Run();

static bool Has(ClaimsPrincipal caller, string scope) =>
    caller.FindFirst("scope")?.Value.Split(' ').Contains(scope) is true;
