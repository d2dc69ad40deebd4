using System.Runtime.ExceptionServices;
using Avs.Train.Distribution;

namespace Avs.Train.Tests.Distribution;

/// <summary>Workers on threads of this process, in place of processes.</summary>
internal static class Workers
{
    /// <summary>Runs the same work on each; the first error is thrown when all have ended.</summary>
    public static T[] Run<T>(int count, Func<ICommunicator, T> work)
    {
        var workers = ThreadCommunicator.Create(count);
        var results = new T[count];
        var errors = new List<Exception>();
        var threads = workers.Select(worker => new Thread(() =>
        {
            try
            {
                results[worker.Rank] = work(worker);
            }
            catch (Exception e)
            {
                worker.GiveUp();
                lock (errors)
                    errors.Add(e);
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        if (errors.Count > 0)
            ExceptionDispatchInfo.Throw(errors.OrderBy(e => e is OperationCanceledException).First());
        return results;
    }
}
