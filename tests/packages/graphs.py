"""torch_geometric: GCN, GAT, GraphSAGE and GIN on a small graph, batches, pooling, dense layers, a link predictor."""

import torch
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader
from torch_geometric.nn import (
    DenseGCNConv, DenseSAGEConv, GATConv, GCNConv, GINConv, SAGEConv, dense_diff_pool, global_max_pool, global_mean_pool,
)  # fmt: skip
from torch_geometric.utils import add_self_loops, degree, negative_sampling, softmax, to_dense_adj, to_undirected


class Net(torch.nn.Module):
    def __init__(self, first, second):
        super().__init__()
        self.first, self.second = first, second

    def forward(self, x, edges, batch):
        x = self.first(x, edges).relu()
        return global_mean_pool(self.second(x, edges), batch)


def run():
    torch.manual_seed(0)
    graphs = []
    for _ in range(6):
        edges = to_undirected(torch.randint(0, 7, (2, 12)))
        graphs.append(Data(x=torch.randn(7, 4), edge_index=edges, y=torch.randint(0, 2, (1,))))
    batch = next(iter(DataLoader(graphs, batch_size=6)))
    print(batch)
    nets = {
        "gcn": (GCNConv(4, 8), GCNConv(8, 2)),
        "gat": (GATConv(4, 4, heads=2), GATConv(8, 2)),
        "sage": (SAGEConv(4, 8), SAGEConv(8, 2, aggr="max")),
        "gin": (GINConv(torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 8))), SAGEConv(8, 2)),
    }
    for name, layers in nets.items():
        net = Net(*layers)
        optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
        for _ in range(4):
            loss = torch.nn.functional.cross_entropy(net(batch.x, batch.edge_index, batch.batch), batch.y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            print(name, loss.item())
    adjacency = to_dense_adj(batch.edge_index, batch.batch).clamp(max=1)
    x = torch.stack([g.x for g in graphs])
    hidden = DenseSAGEConv(4, 8)(x, adjacency).relu()
    pooled, coarse, link, entropy = dense_diff_pool(hidden, adjacency, DenseGCNConv(4, 3)(x, adjacency))
    print("diffpool", tuple(pooled.shape), coarse.sum().item(), link.item(), entropy.item())
    print("degree", degree(batch.edge_index[0]).tolist(), add_self_loops(graphs[0].edge_index)[0].shape[1])
    print("softmax", softmax(torch.randn(7), torch.tensor([0, 0, 1, 1, 1, 2, 2])).tolist())
    print("max pool", global_max_pool(batch.x, batch.batch).tolist(), Batch.from_data_list(graphs).num_graphs)
    print("negative", negative_sampling(graphs[0].edge_index, 7, num_neg_samples=3).shape[0])


if __name__ == "__main__":
    run()
