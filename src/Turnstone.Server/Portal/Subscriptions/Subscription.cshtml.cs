using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Letters;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;
using Holdings = Turnstone.Directory.Subscriptions;

namespace Turnstone.Server.Portal.Subscriptions;

/// <summary>
/// One subscription: its keys, hidden until the password is given, their replacement, and the cancellation.
/// </summary>
public sealed class SubscriptionPage(
    Holdings subscriptions,
    ISubscriptionStore store,
    KeyLetter letter,
    TurnstoneSettings settings,
    IStringLocalizer<SubscriptionWords> words
) : SecretPage
{
    [FromRoute]
    public Guid Id { get; set; }

    public SubscriptionView View { get; private set; } = null!;

    /// <summary>The keys shown in this answer.</summary>
    public MintedSubscription? Shown { get; private set; }

    /// <summary>The key replaced by this request.</summary>
    public SubscriptionKeySlot? Changed { get; private set; }

    public bool CanShow => View.Subscription is { PrimaryKeySealed: not null } or { SecondaryKeySealed: not null };

    /// <summary>The shell variable for the key in the samples.</summary>
    public string Variable => VariableOf(View.Product?.Name);

    public string? LoginLine =>
        settings
            .Contracts.List.Sample(samples => samples.PasswordLogin)
            ?.Invoke(settings.Issuer, Variable, Me.Email)
            .ToString();

    public async Task<IActionResult> OnGetAsync() => await LoadAsync() ? Page() : NotFound();

    public Task<IActionResult> OnPostShowAsync() =>
        SecretAsync(async () =>
        {
            Shown = await subscriptions.RevealAsync(Me.Id, Id, Caller, Cancel);
            return Shown is not null;
        });

    public Task<IActionResult> OnPostPrimaryAsync() => ChangeAsync(SubscriptionKeySlot.Primary);

    public Task<IActionResult> OnPostSecondaryAsync() => ChangeAsync(SubscriptionKeySlot.Secondary);

    public async Task<IActionResult> OnPostCancelAsync()
    {
        if (!await LoadAsync())
        {
            return NotFound();
        }

        // Cancelled in another window: the result is the same.
        await subscriptions.CancelAsync(Me.Id, Id, Caller, Cancel);
        SetNotice(words["NoticeCancelled", View.ProductName]);
        return Redirect(View.Path);
    }

    public string? KeyOf(SubscriptionKeySlot slot) =>
        slot is SubscriptionKeySlot.Primary ? Shown?.PrimaryKey : Shown?.SecondaryKey;

    public static string WordOf(SubscriptionKeySlot slot) =>
        slot is SubscriptionKeySlot.Primary ? "PrimaryKey" : "SecondaryKey";

    public bool Imported(SubscriptionKeySlot slot) =>
        (
            slot is SubscriptionKeySlot.Primary
                ? View.Subscription.PrimaryKeySealed
                : View.Subscription.SecondaryKeySealed
        )
            is null;

    /// <summary>A valid shell variable such as <c>STARTER_KEY</c>, whatever the product's name.</summary>
    internal static string VariableOf(string? product)
    {
        var name = new StringBuilder();
        foreach (var c in product ?? "")
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_');
        }

        var text = name.ToString().Trim('_');
        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? "SUBSCRIPTION_KEY" : $"{text}_KEY";
    }

    private Task<IActionResult> ChangeAsync(SubscriptionKeySlot slot) =>
        SecretAsync(async () =>
        {
            if (!MayCreate(nameof(Password)))
            {
                return true;
            }

            Shown = await subscriptions.ChangeKeyAsync(Me.Id, Id, slot, Caller, Cancel);
            Changed = Shown is null ? null : slot;
            if (Shown is not null)
            {
                await letter.ReplacedOfSubscriptionAsync(Me, View.ProductName);
            }

            return Shown is not null;
        });

    private async Task<IActionResult> SecretAsync(Func<Task<bool>> act)
    {
        if (!await LoadAsync())
        {
            return NotFound();
        }

        if (SentBefore() is { } answer)
        {
            return answer;
        }

        if (await PasswordHoldsAsync() && !await act())
        {
            SetNotice(words["NotAnyMore"]);
            return Redirect(View.Path);
        }

        return await LoadAsync() ? Page() : NotFound();
    }

    private async Task<bool> LoadAsync()
    {
        if (await subscriptions.FindAsync(Me.Id, Id, Cancel) is not { } found)
        {
            return false;
        }

        var product = await store.FindProductAsync(found.ProductId, Cancel);
        View = SubscriptionView.Of(found, product is null ? [] : [product]);
        return true;
    }
}
