using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.Clients;

/// <summary>A client with its owner.</summary>
public sealed record ClientLine(Client Client, string? Owner);

/// <summary>Finds clients by a part of their id, name or owner's email.</summary>
public sealed class ClientsPage(IClientStore clients, Names names) : AdministrationPage
{
    private const int LongestPart = 254;

    [BindProperty(SupportsGet = true)]
    public string? Part { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    public Listing<ClientLine> Found { get; private set; } = Listing.Empty<ClientLine>();

    public string Path =>
        "/portal/admin/clients" + (string.IsNullOrEmpty(Part) ? "" : QueryString.Create(nameof(Part), Part).ToString());

    public async Task OnGetAsync()
    {
        var part = Part?.Trim() ?? "";
        if (part.Length > LongestPart || part.Any(char.IsControl))
        {
            Refuse(nameof(Part), Words["ClientPartWrong"]);
            return;
        }

        var all = await clients.ListAsync(null, Cancel);
        var owners = new Dictionary<string, string?>();
        foreach (var client in part.Length == 0 ? [] : all)
        {
            owners[client.Id] = await names.EmailAsync(client.OwnerId, Cancel);
        }

        var list = Listing.Of(
            all,
            part,
            Number,
            client => [client.Id, client.Name, owners.GetValueOrDefault(client.Id)]
        );
        List<ClientLine> lines = [];
        foreach (var client in list.Shown)
        {
            lines.Add(new(client, await names.EmailAsync(client.OwnerId, Cancel)));
        }

        Found = new(lines, list.Found, list.Page, list.Pages);
    }
}
