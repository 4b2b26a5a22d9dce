using System.Text;
using Turnstone.Model;

namespace Turnstone.Tokens;

/// <summary>
/// The bytes of a <see cref="SessionOrigin"/>: which parts there are, then the parts in their order. Numbers are
/// LEB128, texts have their length before them.
/// </summary>
internal static class SessionOriginBytes
{
    /// <summary>The most that a token takes: a text of at most 512 characters.</summary>
    public const int Most = 320;

    // Shorter than the same as LEB128: an API key's token is to fit into 120 characters.
    private const int SecondsSize = 4;
    private const int MicrosecondsSize = 7;

    [Flags]
    private enum Parts
    {
        None = 0,
        ApiKey = 1,
        EndsWithToken = 2,
        Account = 4,
        Client = 8,
        Grant = 16,
        Scopes = 32,
        Subscription = 64,
        Secondary = 128,
        Product = 256,
        DependsOn = 512,
        EndsAt = 1024,
        Key = 2048,
        Resources = 4096,
    }

    /// <summary>Answers how many bytes it took; 0 when they are not enough, and the token goes without.</summary>
    public static int Write(SessionOrigin origin, Span<byte> to)
    {
        var writer = new Writer(to);
        writer.Number((ulong)PartsOf(origin));
        writer.Text(origin.Contract);
        writer.Number((ulong)origin.IssuedAt.ToUnixTimeSeconds(), SecondsSize);
        writer.Number((ulong)(origin.ExpiresAt - origin.IssuedAt).TotalSeconds);
        writer.Number((ulong)origin.OpenedAfter, MicrosecondsSize);
        writer.Id(origin.ApiKeyId);
        writer.Id(origin.AccountId);
        writer.Text(origin.ClientId);
        writer.Text(origin.Grant);
        writer.Text(origin.Scopes?.ToString());
        writer.Id(origin.Subscription?.Id);
        writer.Id(origin.ProductId);
        writer.Id(origin.DependsOn?.Value);
        if (origin.EndsAt is { } end && end != origin.ExpiresAt)
        {
            writer.Number((ulong)end.ToUnixTimeSeconds());
        }

        writer.Text(origin.KeyThumbprint);
        writer.Text(origin.Resources.IsEmpty ? null : origin.Resources.ToString());

        return writer.Written;
    }

    /// <summary>
    /// The bytes were written here: their tag is proven. Null for a form that only a newer version writes.
    /// </summary>
    public static SessionOrigin? Read(ReadOnlySpan<byte> from)
    {
        var reader = new Reader(from);
        var parts = (Parts)reader.Number();
        var (contract, issued) = (reader.Text(), Seconds(reader.Number(SecondsSize)));
        var expires = issued.AddSeconds(reader.Number());
        var origin = new SessionOrigin
        {
            Contract = contract,
            IssuedAt = issued,
            ExpiresAt = expires,
            OpenedAfter = (long)reader.Number(MicrosecondsSize),
            ApiKeyId = parts.HasFlag(Parts.ApiKey) ? reader.Id() : null,
            AccountId = parts.HasFlag(Parts.Account) ? reader.Id() : null,
            ClientId = parts.HasFlag(Parts.Client) ? reader.Text() : null,
            Grant = parts.HasFlag(Parts.Grant) ? reader.Text() : null,
            Scopes = parts.HasFlag(Parts.Scopes) && Scopes.TryRead(reader.Text(), out var scopes) ? scopes : null,
            Subscription = parts.HasFlag(Parts.Subscription) ? (reader.Id(), SlotOf(parts)) : null,
            ProductId = parts.HasFlag(Parts.Product) ? reader.Id() : null,
            DependsOn = parts.HasFlag(Parts.DependsOn) ? new SessionId(reader.Id()) : null,
            EndsAt =
                parts.HasFlag(Parts.EndsWithToken) ? expires
                : parts.HasFlag(Parts.EndsAt) ? Seconds(reader.Number())
                : null,
            KeyThumbprint = parts.HasFlag(Parts.Key) ? reader.Text() : null,
            Resources = parts.HasFlag(Parts.Resources) ? Resources.Read(reader.Text()) : Resources.None,
        };
        return reader.Ended ? origin : null;
    }

    private static Parts PartsOf(SessionOrigin origin) =>
        If(origin.ApiKeyId is not null, Parts.ApiKey)
        | If(origin.AccountId is not null, Parts.Account)
        | If(origin.ClientId is not null, Parts.Client)
        | If(origin.Grant is not null, Parts.Grant)
        | If(origin.Scopes is not null, Parts.Scopes)
        | If(origin.Subscription is not null, Parts.Subscription)
        | If(origin.Subscription is (_, SubscriptionKeySlot.Secondary), Parts.Secondary)
        | If(origin.ProductId is not null, Parts.Product)
        | If(origin.DependsOn is not null, Parts.DependsOn)
        | If(origin.EndsAt == origin.ExpiresAt, Parts.EndsWithToken)
        | If(origin.EndsAt is { } end && end != origin.ExpiresAt, Parts.EndsAt)
        | If(origin.KeyThumbprint is not null, Parts.Key)
        | If(!origin.Resources.IsEmpty, Parts.Resources);

    private static Parts If(bool there, Parts part) => there ? part : Parts.None;

    private static SubscriptionKeySlot SlotOf(Parts parts) =>
        parts.HasFlag(Parts.Secondary) ? SubscriptionKeySlot.Secondary : SubscriptionKeySlot.Primary;

    private static DateTimeOffset Seconds(ulong seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds);

    private ref struct Writer(Span<byte> to)
    {
        private readonly Span<byte> to = to;
        private int at;
        private bool full;

        public readonly int Written => full ? 0 : at;

        public void Number(ulong value)
        {
            do
            {
                var low = (byte)(value & 0x7F);
                value >>= 7;
                Byte((byte)(value > 0 ? low | 0x80 : low));
            } while (value > 0);
        }

        public void Number(ulong value, int size)
        {
            for (var shift = (size - 1) * 8; shift >= 0; shift -= 8)
            {
                Byte((byte)(value >> shift));
            }
        }

        public void Text(string? text)
        {
            if (text is null)
            {
                return;
            }

            var length = Encoding.UTF8.GetByteCount(text);
            Number((ulong)length);
            if (Room(length) is { IsEmpty: false } room)
            {
                Encoding.UTF8.GetBytes(text, room);
            }
        }

        public void Id(Guid? id)
        {
            if (id is { } value && Room(16) is { IsEmpty: false } room)
            {
                value.TryWriteBytes(room, bigEndian: true, out _);
            }
        }

        private void Byte(byte value)
        {
            if (Room(1) is { IsEmpty: false } room)
            {
                room[0] = value;
            }
        }

        private Span<byte> Room(int length)
        {
            if (full || to.Length - at < length)
            {
                full = true;
                return [];
            }

            at += length;
            return to.Slice(at - length, length);
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> from)
    {
        private ReadOnlySpan<byte> rest = from;
        private bool missing;

        /// <summary>All was read, and nothing was missing.</summary>
        public readonly bool Ended => rest.IsEmpty && !missing;

        public ulong Number()
        {
            var value = 0UL;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var next = Take(1);
                if (next.IsEmpty)
                {
                    return 0;
                }

                value |= (ulong)(next[0] & 0x7F) << shift;
                if (next[0] < 0x80)
                {
                    return value;
                }
            }

            return value;
        }

        public ulong Number(int size)
        {
            var value = 0UL;
            foreach (var next in Take(size))
            {
                value = (value << 8) | next;
            }

            return value;
        }

        public string Text() => Encoding.UTF8.GetString(Take((int)Math.Min(Number(), int.MaxValue)));

        public Guid Id() => Take(16) is { IsEmpty: false } bytes ? new Guid(bytes, bigEndian: true) : default;

        private ReadOnlySpan<byte> Take(int length)
        {
            if (rest.Length < length)
            {
                missing = true;
                rest = [];
                return [];
            }

            var taken = rest[..length];
            rest = rest[length..];
            return taken;
        }
    }
}
