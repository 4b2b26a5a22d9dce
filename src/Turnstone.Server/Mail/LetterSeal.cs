using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Mail;

/// <summary>
/// Encrypts what the store keeps of a letter (address, subject and text) under the master key, because a link in it may
/// open an account. The letter's id is authenticated too, so no row can take the place of another.
/// </summary>
public sealed class LetterSeal(MasterKeyRing keys, RandomSource random)
{
    public byte[] Seal(Guid id, Letter letter, bool decoy)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return keys.Seal(
            Purpose(id),
            JsonSerializer.SerializeToUtf8Bytes(
                new SealedLetter(letter.To, letter.Subject, letter.Text, decoy),
                SealedLetterJson.Default.SealedLetter
            ),
            random
        );
    }

    /// <summary>Null if it was not sealed for this id under a key in force, or is no letter.</summary>
    public (Letter Letter, bool Decoy)? Open(Guid id, byte[] box)
    {
        try
        {
            var opened = JsonSerializer.Deserialize(
                keys.Open(Purpose(id), box),
                SealedLetterJson.Default.SealedLetter
            )!;
            return (new Letter(opened.To, opened.Subject, opened.Text), opened.Decoy);
        }
        catch (Exception reason) when (reason is CryptographicException or JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static string Purpose(Guid id) => $"letter\n{id:N}";
}

/// <summary>The plain text of a sealed letter.</summary>
internal sealed record SealedLetter(string To, string Subject, string Text, bool Decoy);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SealedLetter))]
internal sealed partial class SealedLetterJson : JsonSerializerContext;
