namespace Turnstone.Server.Operations.Provisioning;

/// <summary>A provisioning file is wrong. Lists every mistake with its place in the JSON, without secrets.</summary>
public sealed class ProvisioningException : Exception
{
    public ProvisioningException()
        : this("The file", []) { }

    public ProvisioningException(string message)
        : this("The file", [message]) { }

    public ProvisioningException(string message, Exception innerException)
        : base(message, innerException) => Problems = [message];

    public ProvisioningException(string file, IReadOnlyList<string> problems)
        : base($"{file} cannot be applied: {string.Join(' ', problems)}")
    {
        Source = file;
        Problems = problems;
    }

    public IReadOnlyList<string> Problems { get; }
}
