namespace Turnstone.Server.Operations.AuditLog;

/// <summary>The audit log; without another word it is searched.</summary>
internal sealed class AuditCommand : AuditSearchCommand
{
    public AuditCommand(CommandHost workplace)
        : base(
            "audit",
            "Searches the audit log (the newest entries first), verifies it, accepts it, follows it.",
            workplace
        )
    {
        Add(new AuditSearchCommand("search", "Searches the audit log; the newest entries first.", workplace));
        Add(new AuditVerifyCommand(workplace));
        Add(new AuditAcceptCommand(workplace));
        Add(new AuditTailCommand(workplace));
    }
}
