using System.Reflection;
using Turnstone.Model;

namespace Turnstone.Tests.Directory;

/// <summary>One interface of a real store, with the calls that were made to it.</summary>
internal sealed class StoreSpy<T>
    where T : class
{
    private readonly List<string> calls = [];

    public StoreSpy(T real)
    {
        Store = DispatchProxy.Create<T, Forwarder>();
        ((Forwarder)(object)Store).Call = (method, values) =>
        {
            calls.Add(method.Name);
            Audit.AddRange(values.OfType<AuditEntry>());
            return method.Invoke(real, BindingFlags.DoNotWrapExceptions, binder: null, values, culture: null);
        };
    }

    public T Store { get; }

    /// <summary>The number of calls that look something up.</summary>
    public int Lookups => calls.Count(call => call.StartsWith("Find", StringComparison.Ordinal));

    /// <summary>The audit entries that came with the calls.</summary>
    public List<AuditEntry> Audit { get; } = [];

    public int Calls(string method) => calls.Count(call => call == method);

    // The proxy derives from it at run time.
#pragma warning disable CA1852
    internal class Forwarder : DispatchProxy
#pragma warning restore CA1852
    {
        public Func<MethodInfo, object?[], object?> Call { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Call(targetMethod!, args ?? []);
    }
}
