using Turnstone.Server.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>What a client has written, as a person reads it.</summary>
public sealed class DetailTextTests
{
    [Theory]
    [InlineData("amount", "Amount")]
    [InlineData("debtorAccount", "Debtor account")]
    [InlineData("instructed_amount", "Instructed amount")]
    [InlineData("transfer-date", "Transfer date")]
    [InlineData("creditorIBAN", "Creditor IBAN")]
    [InlineData("IBAN", "IBAN")]
    [InlineData("iso20022Id", "Iso20022Id")]
    [InlineData("_", "_")]
    [InlineData("", "")]
    [InlineData("tnuoma\u202e", "Tnuoma\ufffd")]
    public void A_name_is_written_in_words(string name, string words) =>
        Assert.Equal(words, DetailText.Name(name, first: true));

    [Theory]
    [InlineData("12.50 €", "12.50 €")]
    [InlineData("two\nlines", "two\nlines")]
    [InlineData("\u202e€ 05.21", "\ufffd€ 05.21")]
    [InlineData("a\u2066b\u200ec\u0007d\u2028e", "a\ufffdb\ufffdc\ufffdd\ufffde")]
    public void What_would_turn_a_value_around_is_seen(string value, string shown) =>
        Assert.Equal(shown, DetailText.Value(value));
}
