using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Settings;

/// <summary>The settings of the contracts: a group for each, under its name.</summary>
public sealed class ContractsSettings : ISettingsGroups
{
    private readonly Dictionary<string, ContractSettings> settings;

    public ContractsSettings(ContractList contracts)
    {
        ArgumentNullException.ThrowIfNull(contracts);
        All = contracts;

        // A copy of the defaults, because the reader writes into it.
        settings = contracts.All.ToDictionary(contract => contract.Name, contract => contract.Defaults with { });
    }

    /// <summary>The contracts that this program has, served or not.</summary>
    public ContractList All { get; }

    /// <summary>The contracts that are served.</summary>
    public ContractList List => new([.. All.All.Where(contract => Of(contract).Enabled)]);

    public IEnumerable<SettingsGroup> Groups =>
        All.All.Select(contract => new SettingsGroup(
            contract.Name,
            contract.Deprecated ? $"{nameof(ContractsSettings)}_{contract.Name}" : null,
            contract.Deprecated ? $"`{contract.Prefix}`, deprecated." : $"`{contract.Prefix}`.",
            Of(contract)
        ));

    public ContractSettings Of(Contract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return settings[contract.Name];
    }

    public Terms TermsOf(Contract contract) => Of(contract).ToTerms(contract);

    /// <summary>What is wrong with them together.</summary>
    public IEnumerable<string> Problems() => List.All.Count == 0 ? [NothingServed, .. Deprecations()] : Deprecations();

    private const string NothingServed =
        $"{TurnstoneSettings.Section}:{nameof(TurnstoneSettings.Contracts)} has every contract switched off: "
        + "leave at least one of them enabled.";

    private IEnumerable<string> Deprecations() =>
        from contract in All.All
        let own = Of(contract) as DeprecatedContractSettings
        where own is not null && own.Sunset < own.Deprecated
        let path = $"{TurnstoneSettings.Section}:{nameof(TurnstoneSettings.Contracts)}:{contract.Name}"
        select $"{path}:{nameof(own.Sunset)} is before {path}:{nameof(own.Deprecated)}: "
            + "a contract is deprecated first and switched off later (RFC 9745 §4).";
}
