namespace Turnstone.Server.Settings;

/// <summary>
/// The settings are wrong. Each problem is one sentence that names the setting and says what to do. None contains a
/// secret.
/// </summary>
public sealed class SettingsException : Exception
{
    public SettingsException()
        : this([]) { }

    public SettingsException(string message)
        : this([message]) { }

    public SettingsException(string message, Exception innerException)
        : base(message, innerException) => Problems = [message];

    public SettingsException(IReadOnlyList<string> problems)
        : base(string.Join(' ', problems)) => Problems = problems;

    public IReadOnlyList<string> Problems { get; }
}
