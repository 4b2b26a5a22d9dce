// An ASP.NET Core API. Needs the package Turnstone.AspNetCore.
using System.Security.Claims;

var builder = WebApplication.CreateBuilder(args);
builder
    .Services.AddAuthentication()
    .AddTurnstone(
        builder.Configuration["TURNSTONE_URL"]!, // the keys, and `iss`
        options => options.Audience = builder.Configuration["TURNSTONE_AUDIENCE"] // `aud`
    );
builder.Services.AddAuthorization();

var app = builder.Build();
app.MapGet("/individuals", (ClaimsPrincipal caller) => new { product = caller.FindFirst("product")?.Value })
    .RequireScope("individuals.read");
app.Run();
