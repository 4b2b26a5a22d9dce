namespace Turnstone.Chaos.Faults;

/// <summary>Which fault a request meets.</summary>
internal interface IFaultPlan
{
    /// <param name="number">The request's number at this proxy, from 1.</param>
    /// <param name="kind">What kind of request it is.</param>
    Fault For(long number, RequestKind kind);
}

internal enum RequestKind
{
    SignIn,
    Refresh,

    /// <summary>Any other: a call of an API.</summary>
    Call,
}
