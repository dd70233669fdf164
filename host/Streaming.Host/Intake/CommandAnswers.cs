using Streaming.Host.Queries;
using Streaming.Schemas.Outcomes;

namespace Streaming.Host.Intake;

internal static class CommandAnswers
{
    public static CommandAnswer Of(Guid commandId, CommandOutcome? outcome) => outcome switch
    {
        null => new CommandAnswer(commandId.ToString(), "pending"),
        { Accepted: true } => new CommandAnswer(commandId.ToString(), "accepted", outcome.Version),
        _ => new CommandAnswer(
            commandId.ToString(), "rejected", null, outcome.Code, outcome.Message, outcome.ExpectedVersion, outcome.ActualVersion),
    };
}
