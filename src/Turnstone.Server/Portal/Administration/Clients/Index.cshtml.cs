using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;

namespace Turnstone.Server.Portal.Administration.Clients;

/// <summary>A client with its owner.</summary>
public sealed record ClientLine(Client Client, string? Owner);

/// <summary>Finds clients by a part of their id, name or owner's email.</summary>
public sealed class ClientsPage(IClientStore clients, Names names) : AdministrationPage
{
    public const int Shown = 100;

    private const int LongestPart = 254;

    [BindProperty(SupportsGet = true)]
    public string? Part { get; set; }

    public IReadOnlyList<ClientLine> Found { get; private set; } = [];

    public bool More { get; private set; }

    public async Task OnGetAsync()
    {
        var part = Part?.Trim() ?? "";
        if (part.Length > LongestPart || part.Any(char.IsControl))
        {
            Refuse(nameof(Part), Words["ClientPartWrong"]);
            return;
        }

        List<ClientLine> found = [];
        foreach (var client in await clients.ListAsync(null, Cancel))
        {
            var owner = await names.EmailAsync(client.OwnerId, Cancel);
            if (
                new[] { client.Id, client.Name, owner }.Any(text =>
                    text?.Contains(part, StringComparison.OrdinalIgnoreCase) is true
                )
            )
            {
                found.Add(new(client, owner));
            }

            if (found.Count > Shown)
            {
                break;
            }
        }

        (Found, More) = ([.. found.Take(Shown)], found.Count > Shown);
    }
}
