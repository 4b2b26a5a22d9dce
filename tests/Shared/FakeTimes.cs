using Microsoft.Extensions.Time.Testing;

namespace Turnstone.Testing;

public static class FakeTimes
{
    extension(FakeTimeProvider time)
    {
        public DateTimeOffset Now => time.GetUtcNow();
    }
}
